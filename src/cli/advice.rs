//! Advice on an error or a warning, in options of the command line: the only place where settings of
//! lower layers become names of options.

use super::columns::option_of;
use crate::app::quote;
use crate::event_log::Role;
use crate::formats::{DateOrder, Notice, Setting};

/// A message with the options that may mend what it says.
pub fn with_advice(message: &str, settings: &[Setting]) -> String {
    let columns = settings.iter().filter_map(|setting| match setting {
        Setting::Column(role) => Some(option_of(*role).name),
        _ => None,
    });
    let columns: Vec<&str> = columns.collect();
    let mut tries = Vec::new();
    match columns.as_slice() {
        [] => {}
        [one] => tries.push(format!("name its column with {one}")),
        several => tries.push(format!("name their columns with {}", several.join(", "))),
    }
    if settings.contains(&Setting::Column(Role::Activity)) {
        tries.push("name one activity for all rows with --activity-name".to_owned());
    }
    let others = settings.iter().filter(|s| !matches!(s, Setting::Column(_)));
    tries.extend(others.map(option));
    match tries.as_slice() {
        [] => message.to_owned(),
        tries => format!("{message}; {}", tries.join(", or ")),
    }
}

/// The sentence of a warning with the option that makes a difference, if one does.
pub fn warning(notice: &Notice) -> String {
    with_advice(&notice.sentence, notice.setting.as_slice())
}

/// A setting as a call to action.
fn option(setting: &Setting) -> String {
    let text = match setting {
        Setting::Column(role) => return format!("name its column with {}", option_of(*role).name),
        Setting::Milestones(columns) => {
            let columns: Vec<String> = columns.iter().map(|c| c.replace(',', "\\,")).collect();
            let columns = quote(&columns.join(","));
            return format!("--milestone-columns {columns} makes an event of each time");
        }
        Setting::Header => "give --no-header if the first row is data",
        Setting::TimeFormat => "give its format with --time-format",
        Setting::EpochUnit => {
            "give the unit as --time-format epoch_s, epoch_ms, epoch_us or epoch_ns"
        }
        Setting::ExcelDates => "give --time-format excel if they are",
        Setting::DateOrder(Some(DateOrder::Dmy)) => "--date-order dmy changes it",
        Setting::DateOrder(Some(DateOrder::Mdy)) => "--date-order mdy changes it",
        Setting::DateOrder(_) => "--date-order changes it",
        Setting::Zone => "--tz changes it",
        Setting::Missing(text) => return format!("--na {text} makes it missing"),
        Setting::Delimiter => "give the delimiter with --delimiter",
        Setting::Quoting => "give the quote or escape with --quote \"'\", --escape '\\'",
        Setting::Encoding => "--encoding names another",
        Setting::ObjectType => "give the type that makes the cases with --object-type",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_become_options() {
        let message = |settings: &[Setting]| with_advice("it is wrong", settings);
        assert_eq!(message(&[]), "it is wrong");
        assert_eq!(
            message(&[Setting::Column(Role::Time)]),
            "it is wrong; name its column with --time"
        );
        assert_eq!(
            message(&[
                Setting::Column(Role::Case),
                Setting::Column(Role::Time),
                Setting::Header
            ]),
            "it is wrong; name their columns with --case, --time, or give --no-header if the first \
             row is data"
        );
        let notice = Notice {
            sentence: "\"NULL\" is text".to_owned(),
            setting: Some(Setting::Missing("\"NULL\"".to_owned())),
        };
        assert_eq!(
            warning(&notice),
            "\"NULL\" is text; --na \"NULL\" makes it missing"
        );
    }
}
