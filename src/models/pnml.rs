//! Place/transition nets in PNML, as the standard and ProM write them. The final marking is that of
//! `finalmarkings`, else a token in a place without outgoing arcs.

use super::net::{Net, Tokens, Transition, united};
use super::xml::Element;
use super::{MAX_PLACES, MAX_TOKENS, ModelError};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Types of nets that are of places and transitions only.
const TYPES: [&str; 3] = ["ptnet", "pnmlcoremodel", "epnml"];

/// Value that ProM gives a transition that stands for no activity.
const INVISIBLE: &str = "$invisible$";

/// References to references at most.
const MAX_REFERENCES: usize = 64;

/// Places without outgoing arcs, where final markings are made of them.
const MAX_ENDS: usize = 1_000;

/// Meaning of an id.
#[derive(Debug, Clone, Copy)]
enum Node<'a> {
    Place(u32),
    Transition(u32),
    /// A reference to another node, by its id.
    Reference(&'a Element),
}

#[derive(Default)]
struct Builder<'a> {
    net: Net,
    nodes: HashMap<&'a str, Node<'a>>,
    arcs: Vec<&'a Element>,
    initial: Vec<Tokens>,
}

/// Reads the net of a document.
pub fn read(root: &Element) -> Result<Net, ModelError> {
    let mut nets = root.all("net");
    let net = nets.next().ok_or_else(|| root.error("it has no net"))?;
    if let Some(second) = nets.next() {
        return Err(second.error("a second net: keep one in the file"));
    }
    let kind = net.get("type").unwrap_or_default();
    let lower = kind.to_lowercase();
    if !kind.is_empty() && !TYPES.iter().any(|known| lower.contains(known)) {
        let message = format!("nets of type {kind} are not supported, only place/transition nets");
        return Err(net.error(message));
    }
    let mut builder = Builder::default();
    builder.page(net)?;
    builder.arcs()?;
    builder.initial(net)?;
    builder.finals(net)?;
    Ok(builder.net)
}

impl<'a> Builder<'a> {
    /// Reads the nodes of a net or page; pages may hold pages.
    fn page(&mut self, page: &'a Element) -> Result<(), ModelError> {
        for element in &page.children {
            match element.name.as_str() {
                "place" => self.place(element)?,
                "transition" => self.transition(element)?,
                "referencePlace" | "referenceTransition" => {
                    self.define(element, Node::Reference(element))?;
                }
                "arc" => self.arcs.push(element),
                "page" => self.page(element)?,
                "name" | "toolspecific" | "finalmarkings" => {}
                _ => return Err(element.error("such elements are not supported")),
            }
        }
        Ok(())
    }

    fn define(&mut self, element: &'a Element, node: Node<'a>) -> Result<(), ModelError> {
        match self.nodes.entry(element.id()) {
            _ if element.id().is_empty() => Err(element.error("it has no id")),
            Entry::Occupied(_) => Err(element.error("its id is not unique")),
            Entry::Vacant(place) => {
                place.insert(node);
                Ok(())
            }
        }
    }

    fn place(&mut self, element: &'a Element) -> Result<(), ModelError> {
        if self.net.places.len() == MAX_PLACES {
            let message = format!("more than {MAX_PLACES} places are not supported");
            return Err(element.error(message));
        }
        let place = self.net.add_place(element.id());
        self.define(element, Node::Place(place))?;
        if let Some(marking) = element.first("initialMarking") {
            let count = number(marking, element)?;
            if count > 0 {
                self.initial.push(Tokens { place, count });
            }
        }
        Ok(())
    }

    fn transition(&mut self, element: &'a Element) -> Result<(), ModelError> {
        let mut tools = element.all("toolspecific");
        let is_invisible = tools.any(|tool| tool.get("activity") == Some(INVISIBLE));
        let name = element.first("name").and_then(|name| name.first("text"));
        let name = name.map(|text| label(&text.text)).unwrap_or_default();
        let at = self.net.transitions.len() as u32;
        self.define(element, Node::Transition(at))?;
        self.net.transitions.push(Transition {
            id: element.id().to_owned(),
            label: (!is_invisible && !name.is_empty()).then(|| name.to_owned()),
            ..Transition::default()
        });
        Ok(())
    }

    /// The place or transition of an id, through references.
    fn node(&self, id: &str, element: &Element) -> Result<Node<'a>, ModelError> {
        let mut id = id;
        for _ in 0..MAX_REFERENCES {
            match self.nodes.get(id) {
                Some(Node::Reference(to)) => id = to.get("ref").unwrap_or_default(),
                Some(node) => return Ok(*node),
                None => {
                    let message = format!("there is no place or transition {id:?}");
                    return Err(element.error(message));
                }
            }
        }
        let message = format!("the reference {id:?} leads to no place or transition");
        Err(element.error(message))
    }

    fn arcs(&mut self) -> Result<(), ModelError> {
        for arc in std::mem::take(&mut self.arcs) {
            check_kind(arc)?;
            let end = |name: &str| {
                let id = arc.get(name);
                let id = id.ok_or_else(|| arc.error(format!("it has no {name}")))?;
                self.node(id, arc)
            };
            let count = arc
                .first("inscription")
                .map_or(Ok(1), |text| number(text, arc))?;
            if count == 0 {
                return Err(arc.error("a weight of 0 is not supported"));
            }
            match (end("source")?, end("target")?) {
                (Node::Place(place), Node::Transition(at)) => {
                    let takes = &mut self.net.transitions[at as usize].takes;
                    takes.push(Tokens { place, count });
                }
                (Node::Transition(at), Node::Place(place)) => {
                    let puts = &mut self.net.transitions[at as usize].puts;
                    puts.push(Tokens { place, count });
                }
                _ => return Err(arc.error("an arc joins a place and a transition")),
            }
        }
        for transition in &mut self.net.transitions {
            transition.takes = united(std::mem::take(&mut transition.takes));
            transition.puts = united(std::mem::take(&mut transition.puts));
        }
        Ok(())
    }

    /// The initial marking of the places, else a token in the only place without incoming arcs.
    fn initial(&mut self, net: &Element) -> Result<(), ModelError> {
        if !self.initial.is_empty() {
            self.net.initial = united(std::mem::take(&mut self.initial));
            return Ok(());
        }
        let sources = self.places_without(|transition| &transition.puts);
        let [place] = sources[..] else {
            return Err(net.error(
                "there is no initial marking: no place has an initialMarking, and not exactly one \
                 has no incoming arc",
            ));
        };
        self.net.initial = vec![Tokens { place, count: 1 }];
        Ok(())
    }

    fn finals(&mut self, net: &Element) -> Result<(), ModelError> {
        let all = net.first("finalmarkings");
        for marking in all.into_iter().flat_map(|all| all.all("marking")) {
            let mut tokens = Vec::new();
            for element in marking.all("place") {
                let id = element.get("idref").unwrap_or_default();
                let Node::Place(place) = self.node(id, element)? else {
                    return Err(element.error(format!("{id:?} is no place")));
                };
                let count = number(element, element)?;
                if count > 0 {
                    tokens.push(Tokens { place, count });
                }
            }
            self.net.finals.push(united(tokens));
        }
        if !self.net.finals.is_empty() {
            return Ok(());
        }
        let ends = self.places_without(|transition| &transition.takes);
        if ends.is_empty() || ends.len() > MAX_ENDS {
            return Err(net.error(
                "there is no final marking: no finalmarkings, and no place without outgoing arcs",
            ));
        }
        // One of several ends where paths exclude each other, all of them where they are parallel.
        let one = |&place: &u32| vec![Tokens { place, count: 1 }];
        self.net.finals = ends.iter().map(one).collect();
        if ends.len() > 1 {
            self.net.finals.push(ends.iter().flat_map(one).collect());
        }
        Ok(())
    }

    /// Places that no transition has among these arcs.
    fn places_without(&self, arcs: impl Fn(&Transition) -> &Vec<Tokens>) -> Vec<u32> {
        let mut has = vec![false; self.net.places.len()];
        for tokens in self.net.transitions.iter().flat_map(arcs) {
            has[tokens.place as usize] = true;
        }
        let places = (0..has.len()).filter(|&place| !has[place]);
        places.map(|place| place as u32).collect()
    }
}

/// Refuses arcs that are no plain ones.
fn check_kind(arc: &Element) -> Result<(), ModelError> {
    let types = arc.all("type").chain(arc.all("arctype"));
    for element in types {
        let text = element.first("text").map(|text| text.text.trim());
        let kind = element.get("value").or(text).unwrap_or_default();
        if !matches!(kind, "" | "normal") {
            return Err(arc.error(format!("arcs of type {kind} are not supported")));
        }
    }
    Ok(())
}

/// The number in the `text` of an element.
fn number(element: &Element, owner: &Element) -> Result<u32, ModelError> {
    let text = element.first("text").unwrap_or(element).text.trim();
    // Some tools write a count for each color: `Default,1`.
    let digits = text.strip_prefix("Default,").unwrap_or(text);
    let number = digits.parse().ok().filter(|&n| n <= MAX_TOKENS);
    number.ok_or_else(|| {
        let message = format!("{text:?} is no number of tokens from 0 to {MAX_TOKENS}");
        owner.error(message)
    })
}

/// A label as it is written; where lines are broken to indent it, without the blanks around it.
fn label(text: &str) -> &str {
    if text.contains('\n') || text.trim().is_empty() {
        text.trim()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn net(inner: &str) -> String {
        format!(
            "<pnml><net id='n' type='http://www.pnml.org/version-2009/grammar/ptnet'>\n{inner}</net></pnml>"
        )
    }

    const PLACES: &str = "<place id='a'><initialMarking><text>1</text></initialMarking></place>\
        <place id='b'/>";

    #[test]
    fn nets_are_read_with_pages_references_and_weights() {
        let inner = format!(
            "{PLACES}<page id='p'><transition id='t'><name><text>\n  Go \n</text></name></transition>\
             <transition id='s'><name><text>skip</text></name>\
             <toolspecific tool='ProM' activity='$invisible$'/></transition>\
             <referencePlace id='r' ref='b'/></page>\
             <arc id='1' source='a' target='t'/><arc id='2' source='t' target='r'>\
             <inscription><text>2</text></inscription></arc>\
             <arc id='3' source='b' target='s'/><arc id='4' source='s' target='c'/><place id='c'/>\
             <finalmarkings><marking><place idref='c'><text>2</text></place></marking></finalmarkings>"
        );
        let net = read(net(&inner).as_bytes()).unwrap();
        assert_eq!(
            (net.places.len(), net.transitions.len(), net.silent()),
            (3, 2, 1)
        );
        assert_eq!(net.transitions[0].label.as_deref(), Some("Go"));
        assert_eq!(net.transitions[0].puts[0].count, 2);
        assert_eq!(net.finals, [vec![super::Tokens { place: 2, count: 2 }]]);
    }

    #[test]
    fn markings_are_found_where_none_are_written() {
        let arcs = "<transition id='t'/><arc id='1' source='a' target='t'/>\
             <arc id='2' source='t' target='b'/><arc id='3' source='t' target='c'/>";
        let inner = format!("<place id='a'/><place id='b'/><place id='c'/>{arcs}");
        let net = read(net(&inner).as_bytes()).unwrap();
        assert_eq!(net.initial[0].place, 0);
        assert_eq!(net.finals.len(), 3);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_line_and_id() {
        let arc = |inner: &str| {
            format!("{PLACES}<transition id='t'/>\n<arc id='x' source='a' target='t'>{inner}</arc>")
        };
        for (inner, wanted) in [
            (
                String::new(),
                "line 1: net n: there is no initial marking: no place has an initialMarking, and not exactly one has no incoming arc",
            ),
            (
                arc("<type value='inhibitor'/>"),
                "line 3: arc x: arcs of type inhibitor are not supported",
            ),
            (
                arc("<inscription><text>1.5</text></inscription>"),
                "line 3: arc x: \"1.5\" is no number of tokens from 0 to 64",
            ),
            (
                arc("<inscription><text>0</text></inscription>"),
                "line 3: arc x: a weight of 0 is not supported",
            ),
            (
                format!("{PLACES}<place id='a'/>"),
                "line 2: place a: its id is not unique",
            ),
            (
                format!("{PLACES}\n<arc id='x' source='a' target='q'/>"),
                "line 3: arc x: there is no place or transition \"q\"",
            ),
            (
                format!("{PLACES}\n<arc id='x' source='a' target='b'/>"),
                "line 3: arc x: an arc joins a place and a transition",
            ),
            (
                format!("{PLACES}\n<subnet id='x'/>"),
                "line 3: subnet x: such elements are not supported",
            ),
            (
                format!(
                    "{PLACES}<transition id='t'/><referencePlace id='r' ref='q'/><referencePlace id='q' ref='r'/>\n<arc id='x' source='r' target='t'/>"
                ),
                "line 3: arc x: the reference \"r\" leads to no place or transition",
            ),
            (
                arc(""),
                "no run of the model reaches its final marking: check its arcs and its end",
            ),
        ] {
            let error = read(net(&inner).as_bytes()).unwrap_err().to_string();
            assert_eq!(error, wanted);
        }
        let colored = "<pnml>\n<net id='n' type='http://www.pnml.org/version-2009/grammar/symmetricnet'/></pnml>";
        let error = read(colored.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("line 2: net n: nets of type"), "{error}");
        assert!(
            read(b"<log/>")
                .unwrap_err()
                .to_string()
                .contains("neither PNML")
        );
    }
}
