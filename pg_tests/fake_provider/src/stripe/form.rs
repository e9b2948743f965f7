//! Form-encoded bodies with nested brackets: `line_items[0][price_data][currency]=usd`.
//!
//! Source: Stripe's API reference ("accepts form-encoded request bodies") and what the official
//! libraries send.

/// Deeper brackets are cut off; no parameter of Stripe's is as deep.
const DEPTH_MAX: usize = 8;

/// A value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    /// A text.
    Text(String),
    /// Names or positions in brackets, in the order in which they came.
    Branch(Vec<(String, Tree)>),
}

/// Parses a form or a query.
pub(crate) fn parse(text: &[u8]) -> Tree {
    let mut root = Vec::new();
    for (name, value) in form_urlencoded::parse(text) {
        let path = path(&name);
        insert(&mut root, &path, value.into_owned());
    }
    Tree::Branch(root)
}

/// `a[b][]` is `a`, `b` and an empty name.
fn path(name: &str) -> Vec<&str> {
    let Some((head, rest)) = name.split_once('[') else { return vec![name] };
    let mut path = vec![head];
    path.extend(rest.trim_end_matches(']').split("][").take(DEPTH_MAX));
    path
}

fn insert(branch: &mut Vec<(String, Tree)>, path: &[&str], value: String) {
    let Some((name, rest)) = path.split_first() else { return };
    // `a[]=x&a[]=y` is a list: each takes the next position.
    let name = if name.is_empty() { branch.len().to_string() } else { (*name).to_owned() };
    if rest.is_empty() {
        branch.retain(|(other, _)| *other != name);
        branch.push((name, Tree::Text(value)));
        return;
    }
    if let Some((_, Tree::Branch(child))) = branch.iter_mut().find(|(other, _)| *other == name) {
        insert(child, rest, value);
        return;
    }
    let mut child = Vec::new();
    insert(&mut child, rest, value);
    branch.retain(|(other, _)| *other != name);
    branch.push((name, Tree::Branch(child)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Tree {
        Tree::Text(value.to_owned())
    }

    #[test]
    fn brackets_nest() {
        let tree = parse(b"a=1&items[0][price][currency]=usd&items[0][quantity]=2&types[]=x&types[]=y&m[k]=a%20b");
        let Tree::Branch(root) = tree else { return assert!(matches!(tree, Tree::Branch(_))) };
        assert_eq!(root[0], ("a".to_owned(), text("1")));
        let item = Tree::Branch(vec![
            ("price".to_owned(), Tree::Branch(vec![("currency".to_owned(), text("usd"))])),
            ("quantity".to_owned(), text("2")),
        ]);
        assert_eq!(root[1], ("items".to_owned(), Tree::Branch(vec![("0".to_owned(), item)])));
        let types = Tree::Branch(vec![("0".to_owned(), text("x")), ("1".to_owned(), text("y"))]);
        assert_eq!(root[2], ("types".to_owned(), types));
        assert_eq!(root[3], ("m".to_owned(), Tree::Branch(vec![("k".to_owned(), text("a b"))])));
    }
}
