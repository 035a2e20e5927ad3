package syntax

// NodeKind is the kind of a Node.
type NodeKind int

// The kinds of nodes.
const (
	Null NodeKind = iota
	Bool
	Number
	String
	Array
	Object
)

// maxDepth is how deep values and elements may be nested.
const maxDepth = 200

// MaxValues is how many values, elements or words a file may have.
const MaxValues = 100_000

// Node is a value of a JSON or YAML text.
type Node struct {
	Kind NodeKind
	// Text is a String decoded, and any other scalar as it is written.
	Text    string
	Members []Member // of an Object, in the order of the text
	Items   []*Node  // of an Array
	Span    Span
}

// Member is one key of an object.
type Member struct {
	Key     string
	KeySpan Span
	Value   *Node
	// Duplicate is set when an earlier member has the same key. The last one
	// counts.
	Duplicate bool
}

// Get gives the value of a key of an object; of several the last one.
func (n *Node) Get(key string) (*Node, bool) {
	if n == nil {
		return nil, false
	}
	for i := len(n.Members) - 1; i >= 0; i-- {
		if n.Members[i].Key == key {
			return n.Members[i].Value, true
		}
	}
	return nil, false
}

// Path follows keys from object to object.
func (n *Node) Path(keys ...string) (*Node, bool) {
	for _, key := range keys {
		next, ok := n.Get(key)
		if !ok {
			return nil, false
		}
		n = next
	}
	return n, n != nil
}

// Strings gives the items of an array of strings. It is false for anything
// else, also when a single item is no string.
func (n *Node) Strings() ([]string, bool) {
	if n == nil || n.Kind != Array {
		return nil, false
	}
	texts := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind != String {
			return nil, false
		}
		texts = append(texts, item.Text)
	}
	return texts, true
}
