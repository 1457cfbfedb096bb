//! Who and what there is: regions, channels, products, versions, teams and their agents. Tables.

/// Regions: name, offset of local time from UTC in hours, share of the cases.
pub const REGIONS: [(&str, i64, u64); 3] = [("EMEA", 1, 45), ("Americas", -6, 33), ("APAC", 8, 22)];
/// The region that waits for triage.
pub const APAC: usize = 2;

/// Channels with their shares.
pub const CHANNELS: [(&str, u64); 5] = [
    ("e-mail", 46),
    ("portal", 27),
    ("phone", 16),
    ("chat", 9),
    ("API", 2),
];
/// The channel that is answered faster.
pub const PHONE: usize = 2;
/// The channel that is answered more slowly.
pub const EMAIL: usize = 0;

/// Products with their shares; the last one goes to the team of billing.
pub const PRODUCTS: [(&str, u64); 5] = [
    ("Atlas", 38),
    ("Beacon", 24),
    ("Cobalt", 17),
    ("Delta Gateway", 13),
    ("Invoices, Plus", 8),
];

/// Versions: name, and weight in each fifth of the log's planned length. The last is unknown.
pub const VERSIONS: [(&str, [u64; 5]); 7] = [
    ("2.9.4", [46, 30, 14, 8, 5]),
    ("3.0.0", [38, 28, 17, 9, 6]),
    ("3.1.2", [12, 34, 30, 20, 14]),
    ("3.2.0", [0, 4, 33, 30, 8]),
    ("3.2.1", [0, 0, 0, 26, 55]),
    ("4.0.0-beta", [0, 0, 2, 4, 9]),
    ("", [4, 4, 4, 3, 3]),
];
/// The version with the defects.
pub const BAD_VERSION: usize = 3;

/// Priorities: name, share, percent of the usual waiting time, hours until the agreement (SLA) on
/// the first response is broken.
pub const PRIORITIES: [(&str, u64, u64, u64); 4] = [
    ("Critical", 4, 20, 8),
    ("High", 17, 50, 30),
    ("Normal", 58, 100, 90),
    ("Low", 21, 170, 150),
];

/// Teams and their agents: the three desks by region, billing, then levels 2 and 3 and the boards.
#[rustfmt::skip]
pub const TEAMS: [(&str, &[&str]); 9] = [
    ("Service Desk EMEA", &["Marta Nowak", "Jonas Lindqvist", "Aoife Byrne", "Zoë Müller", "Piotr Zieliński", "Ines Duarte", "Karim Haddad", "Élodie Renard"]),
    ("Service Desk Americas", &["Grace Whitfield", "Mateo Salas", "Dwayne Porter", "Camila Rojas", "Hannah Okafor", "Luis Ybarra", "Brooke Tanner"]),
    ("Service Desk APAC", &["Mei Tanaka", "Arjun Rao", "Siti Rahman", "Liam Walsh", "Hye-jin Park"]),
    ("Billing, Refunds", &["Olga Smirnova", "Tomás Herrera", "Yusuf Demir", "Carla Bianchi"]),
    ("Applications", &["Nadia Petrov", "Henrik Dahl", "Priya Nair", "Owen Clarke", "Femi Adeyemi", "Lucie Marchand"]),
    ("Network, Storage", &["Viktor Horvath", "Sana Iqbal", "Rafael Costa", "Emma O'Neill"]),
    ("Platform", &["Ada Kowalczyk", "Minh Tran", "Sebastián Vidal", "Ruth Goldberg"]),
    ("Vendor Desk", &["Ivo Marinov", "Beatriz Campos"]),
    ("Change Board", &["Gunnar Holm", "Leila Farahani", "Stuart Blake"]),
];
/// The team of the overloaded agent.
pub const OVERLOADED_TEAM: usize = 0;
/// The overloaded agent's position in it.
pub const OVERLOADED_AGENT: usize = 0;
/// Team of billing.
pub const BILLING: usize = 3;
/// First team of level 2; the next one takes the other products.
pub const LEVEL_2: usize = 4;
/// Team of level 3.
pub const LEVEL_3: usize = 6;
/// Team that talks to vendors.
pub const VENDOR_DESK: usize = 7;
/// Team that approves changes.
pub const CHANGE_BOARD: usize = 8;
