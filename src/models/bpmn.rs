//! Processes in BPMN 2.0, translated to a net: a sequence flow is a place, a task a transition, a
//! gateway one or more silent transitions. What has no such translation is refused by its element.
//!
//! | element | translation |
//! | --- | --- |
//! | task, call activity, collapsed subprocess | one transition; several incoming flows are alternatives, several outgoing ones are parallel |
//! | exclusive or event-based gateway | a silent transition per branch |
//! | parallel gateway | one silent transition |
//! | inclusive gateway | a silent transition per set of branches, up to 4 branches |
//! | start event | a silent transition from the place at which the process starts; of several one is chosen |
//! | end event | a silent transition that takes the token away: the process is over when none is left |
//! | intermediate event | a transition that bears its name where the log has such an activity, else silent |
//! | embedded subprocess | its contents between the flows that lead to it and away from it |

use super::net::Net;
use super::xml::Element;
use super::{MAX_PLACES, MAX_TRANSITIONS, ModelError};
use std::collections::HashMap;

/// Branches of an inclusive gateway at most: each set of them is a transition.
const MAX_INCLUSIVE: usize = 4;

/// Pairs of branches that gateways of one side would need; beyond, a place stands between.
const NESTING: usize = 64;

/// Elements of a process that say nothing about the order of its activities.
const IGNORED: [&str; 21] = [
    "incoming",
    "outgoing",
    "dataInputAssociation",
    "dataOutputAssociation",
    "laneSet",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "property",
    "textAnnotation",
    "association",
    "group",
    "category",
    "auditing",
    "monitoring",
    "supportedInterfaceRef",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
    "artifact",
];

/// Parts of an activity that change how often or when it runs, with their names in messages.
const REFUSED_PARTS: [(&str, &str); 2] = [
    (
        "multiInstanceLoopCharacteristics",
        "multi-instance activities",
    ),
    ("standardLoopCharacteristics", "loop markers"),
];

/// Kind of a node of flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Task,
    Subprocess,
    Start,
    End,
    Event,
    Exclusive,
    Parallel,
    Inclusive,
}

/// A node with its flows, as places.
struct Node<'a> {
    element: &'a Element,
    kind: Kind,
    incoming: Vec<u32>,
    outgoing: Vec<u32>,
    /// True where an outgoing flow has a condition.
    is_conditional: bool,
}

/// Places between which the contents of a process or subprocess run.
#[derive(Clone, Copy)]
struct Frame {
    start: u32,
    /// The place of tokens that are through; `None` for the process, whose tokens vanish.
    end: Option<u32>,
}

/// Reads the process of a document.
pub fn read(root: &Element) -> Result<Net, ModelError> {
    for collaboration in root.all("collaboration") {
        if let Some(second) = collaboration.all("participant").nth(1) {
            return Err(second.error("a second pool: keep the pool of one process"));
        }
    }
    let mut processes = root.all("process");
    let none = || root.error("it has no process");
    let process = processes.next().ok_or_else(none)?;
    if let Some(second) = processes.next() {
        return Err(second.error("a second process: keep one in the file"));
    }
    let mut net = Net::default();
    let start = net.add_place("start");
    net.initial = super::net::united(vec![super::Tokens {
        place: start,
        count: 1,
    }]);
    net.finals = vec![Vec::new()];
    let frame = Frame { start, end: None };
    Translation { net: &mut net }.process(process, frame)?;
    Ok(net)
}

struct Translation<'n> {
    net: &'n mut Net,
}

impl Translation<'_> {
    /// Translates the contents of a process or subprocess.
    fn process(&mut self, process: &Element, frame: Frame) -> Result<(), ModelError> {
        let mut nodes = Self::nodes(process)?;
        self.flows(process, &mut nodes)?;
        check(process, &nodes, frame)?;
        let starts: Vec<u32> = self.starts(process, &nodes, frame)?;
        for (node, start) in nodes.iter_mut().zip(starts) {
            // A place of its own where nothing leads to the node.
            if start != u32::MAX {
                node.incoming.push(start);
            }
        }
        for node in &nodes {
            self.node(node, frame)?;
            if self.net.places.len() > MAX_PLACES || self.net.transitions.len() > MAX_TRANSITIONS {
                return Err(process.error("the process is too large"));
            }
        }
        Ok(())
    }

    fn nodes(process: &Element) -> Result<Vec<Node<'_>>, ModelError> {
        let mut nodes = Vec::new();
        for element in &process.children {
            let name = element.name.as_str();
            if name == "sequenceFlow" || IGNORED.contains(&name) {
                continue;
            }
            nodes.push(Node {
                element,
                kind: kind(element)?,
                incoming: Vec::new(),
                outgoing: Vec::new(),
                is_conditional: false,
            });
        }
        Ok(nodes)
    }

    /// Makes a place of each sequence flow.
    fn flows(&mut self, process: &Element, nodes: &mut [Node<'_>]) -> Result<(), ModelError> {
        let mut by_id: HashMap<&str, usize> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            let id = node.element.id();
            if id.is_empty() || by_id.insert(id, at).is_some() {
                return Err(node.element.error("its id is missing or not unique"));
            }
        }
        for flow in process.all("sequenceFlow") {
            let end = |name: &str| {
                let id = flow.get(name).unwrap_or_default();
                let unknown = || flow.error(format!("there is no node {id:?} for its {name}"));
                by_id.get(id).copied().ok_or_else(unknown)
            };
            let (from, to) = (end("sourceRef")?, end("targetRef")?);
            let place = self.net.add_place(flow.id());
            nodes[from].outgoing.push(place);
            nodes[from].is_conditional |= flow.first("conditionExpression").is_some();
            nodes[to].incoming.push(place);
        }
        Ok(())
    }

    /// The place at which each node starts the process; `u32::MAX` where it does not.
    fn starts(
        &mut self,
        process: &Element,
        nodes: &[Node<'_>],
        frame: Frame,
    ) -> Result<Vec<u32>, ModelError> {
        let mut starts = vec![u32::MAX; nodes.len()];
        if nodes.iter().any(|node| node.kind == Kind::Start) {
            for (start, node) in starts.iter_mut().zip(nodes) {
                if node.kind == Kind::Start {
                    *start = frame.start;
                } else if node.incoming.is_empty() {
                    return Err(node.element.error("no sequence flow leads to it"));
                }
            }
            return Ok(starts);
        }
        // Without start events all nodes that nothing leads to start at once.
        let first: Vec<usize> = (0..nodes.len())
            .filter(|&at| nodes[at].incoming.is_empty())
            .collect();
        if first.is_empty() {
            return Err(process.error("there is no start event"));
        }
        // Each of them would go through the subprocess, and so would all that follows, once for each.
        if let (Some(_), [one, second, ..]) = (frame.end, &first[..]) {
            let [one, second] = [one, second].map(|&at| nodes[at].element);
            return Err(second.error(format!(
                "a second start of subProcess {} beside {}: let one start event lead to both",
                process.id(),
                one.id()
            )));
        }
        let mut places = Vec::new();
        for at in first {
            starts[at] = self
                .net
                .add_place(format!("start of {}", nodes[at].element.id()));
            places.push(starts[at]);
        }
        let id = format!("start of {}", process.id());
        self.net.add_transition(id, None, &[frame.start], &places);
        Ok(starts)
    }

    fn node(&mut self, node: &Node<'_>, frame: Frame) -> Result<(), ModelError> {
        let id = node.element.id();
        let label = label(node.element);
        match node.kind {
            Kind::Start => self.joined(node, None, frame),
            Kind::Task => self.joined(node, label, frame),
            Kind::Event => {
                self.joined(node, label, frame)?;
                let made = self.net.transitions.last_mut();
                if let Some(event) = made.filter(|made| made.label.is_some()) {
                    event.is_event = true;
                }
                Ok(())
            }
            Kind::End => {
                let end: Vec<u32> = frame.end.into_iter().collect();
                for &from in &node.incoming {
                    self.net.add_transition(id, None, &[from], &end);
                }
                Ok(())
            }
            Kind::Exclusive => {
                self.exclusive(node, frame);
                Ok(())
            }
            Kind::Parallel => {
                let to = outgoing(node, frame);
                self.net.add_transition(id, None, &node.incoming, &to);
                Ok(())
            }
            Kind::Inclusive => self.inclusive(node, frame),
            Kind::Subprocess if is_collapsed(node.element) => self.joined(node, label, frame),
            Kind::Subprocess => {
                let start = self.net.add_place(format!("{id} start"));
                let end = self.net.add_place(format!("{id} end"));
                for &from in &node.incoming {
                    self.net.add_transition(id, None, &[from], &[start]);
                }
                let to = outgoing(node, frame);
                self.net.add_transition(id, None, &[end], &to);
                let inner = Frame {
                    start,
                    end: Some(end),
                };
                self.process(node.element, inner)
            }
        }
    }

    /// A transition that takes from any of the incoming flows and puts into all outgoing ones; into a
    /// set of them where they have conditions. It is the last one that is added.
    fn joined(
        &mut self,
        node: &Node<'_>,
        label: Option<String>,
        frame: Frame,
    ) -> Result<(), ModelError> {
        let id = node.element.id();
        let from = if let [only] = node.incoming[..] {
            only
        } else {
            let place = self.net.add_place(format!("{id} in"));
            for &from in &node.incoming {
                self.net.add_transition(id, None, &[from], &[place]);
            }
            place
        };
        let to = outgoing(node, frame);
        if !node.is_conditional {
            self.net.add_transition(id, label, &[from], &to);
            return Ok(());
        }
        let after = self.net.add_place(format!("{id} out"));
        for set in sets(node, &to)? {
            self.net.add_transition(id, None, &[after], &set);
        }
        self.net.add_transition(id, label, &[from], &[after]);
        Ok(())
    }

    fn exclusive(&mut self, node: &Node<'_>, frame: Frame) {
        let (id, to) = (node.element.id(), choices(node, frame));
        let from = if node.incoming.len() > 1 && to.len() > 1 {
            let place = self.net.add_place(format!("{id} in"));
            for &from in &node.incoming {
                self.net.add_transition(id, None, &[from], &[place]);
            }
            vec![place]
        } else {
            node.incoming.clone()
        };
        for &from in &from {
            for to in &to {
                self.net.add_transition(id, None, &[from], to);
            }
        }
    }

    fn inclusive(&mut self, node: &Node<'_>, frame: Frame) -> Result<(), ModelError> {
        let id = node.element.id();
        let to = outgoing(node, frame);
        let (from, to) = (sets(node, &node.incoming)?, sets(node, &to)?);
        if from.len() * to.len() > NESTING {
            let place = self.net.add_place(format!("{id} in"));
            for from in &from {
                self.net.add_transition(id, None, from, &[place]);
            }
            for to in &to {
                self.net.add_transition(id, None, &[place], to);
            }
            return Ok(());
        }
        for from in &from {
            for to in &to {
                self.net.add_transition(id, None, from, to);
            }
        }
        Ok(())
    }
}

/// The places behind a node; the end of the subprocess where nothing follows.
fn outgoing(node: &Node<'_>, frame: Frame) -> Vec<u32> {
    if node.outgoing.is_empty() {
        frame.end.into_iter().collect()
    } else {
        node.outgoing.clone()
    }
}

/// The places behind a node of which one is chosen.
fn choices(node: &Node<'_>, frame: Frame) -> Vec<Vec<u32>> {
    match node.outgoing[..] {
        [] => vec![frame.end.into_iter().collect()],
        _ => node.outgoing.iter().map(|&place| vec![place]).collect(),
    }
}

/// All sets of places but the empty one; the empty set where there are none.
fn sets(node: &Node<'_>, places: &[u32]) -> Result<Vec<Vec<u32>>, ModelError> {
    if places.is_empty() {
        return Ok(vec![Vec::new()]);
    }
    if places.len() > MAX_INCLUSIVE {
        let message =
            format!("inclusive choices of more than {MAX_INCLUSIVE} branches are not supported");
        return Err(node.element.error(message));
    }
    let of = |set: usize| {
        let chosen = (0..places.len()).filter(|at| set >> at & 1 == 1);
        chosen.map(|at| places[at]).collect()
    };
    Ok((1..1 << places.len()).map(of).collect())
}

fn kind(element: &Element) -> Result<Kind, ModelError> {
    let refused = |what: &str| Err(element.error(format!("{what} are not supported")));
    for (part, what) in REFUSED_PARTS {
        if element.first(part).is_some() {
            return refused(what);
        }
    }
    if element.get("isForCompensation") == Some("true") || has(element, "compensate") {
        return refused("compensations");
    }
    if has(element, "cancel") || has(element, "link") {
        return refused("cancel and link events");
    }
    Ok(match element.name.as_str() {
        "task" | "userTask" | "manualTask" | "serviceTask" | "scriptTask" | "sendTask"
        | "receiveTask" | "businessRuleTask" | "callActivity" => Kind::Task,
        "subProcess" if element.get("triggeredByEvent") == Some("true") => {
            return refused("event subprocesses");
        }
        "subProcess" => Kind::Subprocess,
        "startEvent" => Kind::Start,
        "endEvent" => Kind::End,
        "intermediateThrowEvent" | "intermediateCatchEvent" => Kind::Event,
        "eventBasedGateway" if element.get("instantiate") == Some("true") => {
            return refused("gateways that start a process");
        }
        "exclusiveGateway" | "eventBasedGateway" => Kind::Exclusive,
        "parallelGateway" => Kind::Parallel,
        "inclusiveGateway" => Kind::Inclusive,
        "boundaryEvent" => return refused("events on the boundary of an activity"),
        "complexGateway" => return refused("complex gateways"),
        _ => return refused("such elements"),
    })
}

/// Whether an event has a definition of that kind.
fn has(element: &Element, kind: &str) -> bool {
    let mut children = element.children.iter();
    children.any(|child| child.name.strip_suffix("EventDefinition") == Some(kind))
}

/// Whether a subprocess shows none of its contents: it is then one activity.
fn is_collapsed(element: &Element) -> bool {
    let mut children = element.children.iter();
    children.all(|child| IGNORED.contains(&child.name.as_str()))
}

/// Refuses ends that would need to know of other tokens.
fn check(process: &Element, nodes: &[Node<'_>], frame: Frame) -> Result<(), ModelError> {
    let splits = nodes.iter().any(|node| match node.kind {
        Kind::Exclusive => false,
        _ => node.outgoing.len() > 1,
    });
    if !splits {
        return Ok(());
    }
    if let Some(end) = nodes.iter().find(|node| has(node.element, "terminate")) {
        return Err(end
            .element
            .error("an event that ends parallel branches at once is not supported"));
    }
    let ends = nodes.iter().filter(|node| node.outgoing.is_empty());
    if frame.end.is_some() && ends.count() > 1 {
        return Err(process.error(
            "several ends of a subprocess with parallel branches are not supported: join them first",
        ));
    }
    Ok(())
}

/// The name of an element on one line; `None` where it has none.
fn label(element: &Element) -> Option<String> {
    let name = element.get("name").unwrap_or_default();
    // Editors break long names into lines.
    let words: Vec<&str> = name.split(['\n', '\r']).map(str::trim).collect();
    let name = if words.len() > 1 {
        words.join(" ").trim().to_owned()
    } else {
        name.to_owned()
    };
    (!name.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::super::{Net, read};

    fn model(inner: &str) -> String {
        format!(
            "<bpmn:definitions xmlns:bpmn='x'><bpmn:process id='p'>\n{inner}</bpmn:process></bpmn:definitions>"
        )
    }

    /// Flows `a>b` between nodes.
    fn flows(all: &[&str]) -> String {
        let flow = |(at, text): (usize, &&str)| {
            let (from, to) = text.split_once('>').unwrap();
            format!("<sequenceFlow id='f{at}' sourceRef='{from}' targetRef='{to}'/>")
        };
        all.iter().enumerate().map(flow).collect()
    }

    fn net(inner: &str, all: &[&str]) -> Net {
        read(model(&format!("{inner}{}", flows(all))).as_bytes()).unwrap()
    }

    const ENDS: &str = "<startEvent id='s'/><endEvent id='e'/><task id='A' name='A'/>\
        <task id='B' name='B&#10; b'/>";

    #[test]
    fn gateways_become_silent_transitions() {
        for (gateway, silent) in [
            ("exclusiveGateway", 2 + 4),
            ("parallelGateway", 2 + 2),
            ("inclusiveGateway", 2 + 6),
        ] {
            let inner = format!("{ENDS}<{gateway} id='x'/><{gateway} id='y'/>");
            let net = net(&inner, &["s>x", "x>A", "x>B", "A>y", "B>y", "y>e"]);
            assert_eq!(net.silent(), silent, "{gateway}");
            assert!(net.labels().iter().eq(["A", "B b"].iter()));
            assert_eq!(net.finals, [Vec::new()]);
        }
    }

    #[test]
    fn events_may_be_activities_and_subprocesses_run_within() {
        let inner = format!(
            "{ENDS}<intermediateCatchEvent id='i' name='Answer'/><subProcess id='u'><incoming/>\
             <task id='C' name='C'/></subProcess><subProcess id='v' name='V'><incoming>f</incoming>\
             </subProcess>"
        );
        let net = net(&inner, &["s>A", "A>i", "i>u", "u>v", "v>B", "B>e"]);
        let label = |name: &str| {
            let mut all = net.transitions.iter();
            all.find(|t| t.label.as_deref() == Some(name)).unwrap()
        };
        assert!(label("Answer").is_event && !label("C").is_event);
        assert!(net.labels().contains("V"));
        assert!(net.may_end());
    }

    #[test]
    fn what_is_not_supported_is_refused_by_line_and_id() {
        let five = [0, 1, 2, 3, 4].map(|n| format!("<task id='t{n}'/>"));
        let five = format!(
            "{}\n<inclusiveGateway id='o'/>{}",
            five.concat(),
            flows(&["s>o", "o>t0", "o>t1", "o>t2", "o>t3", "o>t4"])
        );
        for (inner, wanted) in [
            (
                "<boundaryEvent id='x'/>",
                "boundaryEvent x: events on the boundary of an activity are not supported",
            ),
            (
                "<task id='x'><multiInstanceLoopCharacteristics/></task>",
                "task x: multi-instance activities are not supported",
            ),
            (
                "<subProcess id='x' triggeredByEvent='true'/>",
                "subProcess x: event subprocesses are not supported",
            ),
            (
                "<task id='x' isForCompensation='true'/>",
                "task x: compensations are not supported",
            ),
            (
                "<complexGateway id='x'/>",
                "complexGateway x: complex gateways are not supported",
            ),
            (
                "<adHocSubProcess id='x'/>",
                "adHocSubProcess x: such elements are not supported",
            ),
            ("<task id='x'/>", "task x: no sequence flow leads to it"),
            ("<task id='s'/>", "task s: its id is missing or not unique"),
            (
                "<sequenceFlow id='x' sourceRef='s' targetRef='q'/>",
                "sequenceFlow x: there is no node \"q\" for its targetRef",
            ),
            (
                &five,
                "inclusiveGateway o: inclusive choices of more than 4 branches are not supported",
            ),
        ] {
            let text = model(&format!("<startEvent id='s'/>\n{inner}"));
            let error = read(text.as_bytes()).unwrap_err();
            assert_eq!(error.message, wanted);
            assert!(error.line.unwrap() >= 3 || wanted.contains("id is"));
        }
        let pools = "<definitions><collaboration id='c'><participant id='a'/>\n<participant id='b'/>\
            </collaboration><process id='p'/></definitions>";
        let error = read(pools.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "line 2: participant b: a second pool: keep the pool of one process"
        );
    }

    #[test]
    fn several_starts_of_a_subprocess_are_refused_by_line_and_id() {
        let inner = |tasks: &str| {
            format!(
                "<startEvent id='s'/><endEvent id='e'/><subProcess id='u'>{tasks}</subProcess>{}",
                flows(&["s>u", "u>e"])
            )
        };
        let two = inner("<task id='A'/>\n<task id='B'/>");
        let error = read(model(&two).as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "line 3: task B: a second start of subProcess u beside A: let one start event lead to both"
        );
        assert!(read(model(&inner("<task id='A'/>")).as_bytes()).is_ok());
        // A process may begin with several at once.
        let both = "<task id='A'/><task id='B'/><parallelGateway id='x'/><endEvent id='e'/>";
        assert!(net(both, &["A>x", "B>x", "x>e"]).may_end());
    }

    #[test]
    fn parallel_ends_are_one_end_of_the_process_but_not_of_a_subprocess() {
        let ends =
            "<startEvent id='s'/><parallelGateway id='x'/><endEvent id='e'/><endEvent id='f'/>";
        let all = ["s>x", "x>e", "x>f"];
        assert!(net(ends, &all).may_end());
        let inner = format!(
            "<startEvent id='s0'/><endEvent id='e0'/>\n<subProcess id='u'>{ends}{}</subProcess>{}",
            flows(&all),
            flows(&["s0>u", "u>e0"])
        );
        let error = read(model(&inner).as_bytes()).unwrap_err().to_string();
        assert!(
            error.starts_with("line 3: subProcess u: several ends"),
            "{error}"
        );
        let kill = ends.replace(
            "<endEvent id='f'/>",
            "<endEvent id='f'><terminateEventDefinition/></endEvent>",
        );
        let text = model(&format!("{kill}{}", flows(&all)));
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("ends parallel branches at once"), "{error}");
    }
}
