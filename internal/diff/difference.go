// The plain types of a comparison: the contract of docs/diff.schema.json.

package diff

// Version is the version of the contract. It changes when a field is removed or
// changes its meaning.
const Version = 1

// Report is everything that one comparison says.
type Report struct {
	Version int `json:"version"`
	// Before and After are what was compared, as the user wrote it.
	Before   string    `json:"before"`
	After    string    `json:"after"`
	Clusters []Cluster `json:"clusters"`
	Summary  Summary   `json:"summary"`
}

// Cluster compares one tree with its other copy.
type Cluster struct {
	// Name is the cluster's path below what was compared, empty for a lone one.
	Name string `json:"name,omitempty" mask:"-"`
	// Kind is added or removed for a cluster that only one side has.
	Kind   Kind  `json:"kind"`
	Before *Side `json:"before,omitempty"`
	After  *Side `json:"after,omitempty"`
	// Groups are the changes by the processes that they reach.
	Groups       []Group      `json:"groups"`
	Files        []File       `json:"files"`
	Consequences Consequences `json:"consequences"`
}

// Side is one of the two trees.
type Side struct {
	Path         string `json:"path" mask:"-"`
	Target       string `json:"target" mask:"-"`
	TargetReason string `json:"targetReason"`
}

// Kind says what happened to something.
type Kind string

// The kinds of changes. Explicit and Implicit change no meaning: a key was
// written down, or taken out, with the value that it has by default.
const (
	Same     Kind = "same"
	Changed  Kind = "changed"
	Added    Kind = "added"
	Removed  Kind = "removed"
	Explicit Kind = "explicit"
	Implicit Kind = "implicit"
)

// Matters reports whether the kind is a difference in meaning.
func (k Kind) Matters() bool { return k == Changed || k == Added || k == Removed }

// Group are the changes that reach the same processes.
type Group struct {
	Services []string `json:"services" mask:"-"`
	// All is set when these are all processes of the cluster, of several.
	All     bool     `json:"all"`
	Changes []Change `json:"changes"`
}

// Change is one difference.
type Change struct {
	// Key is a property, a flag as java takes it, a process, or a path in a file.
	Key    string `json:"key"`
	Kind   Kind   `json:"kind"`
	Before *Value `json:"before,omitempty"`
	After  *Value `json:"after,omitempty"`
	// Unread is set when none of the processes reads the property.
	Unread bool `json:"unread,omitempty"`
	// Secret values differ and are not shown.
	Secret bool `json:"secret,omitempty"`
}

// Value is one side of a change.
type Value struct {
	// Text is the value as it is written, without secrets.
	Text string `json:"text"`
	// Reading says the same for people, as 512 MiB; empty if it would add nothing.
	Reading string `json:"reading,omitempty"`
	// Default is set when nothing is written.
	Default bool   `json:"default,omitempty"`
	File    string `json:"file,omitempty" mask:"-"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

// File are the changes of a file that is not Druid's: Kind tells one that was
// added or removed from one that changed.
type File struct {
	File    string   `json:"file" mask:"-"`
	Kind    Kind     `json:"kind"`
	Changes []Change `json:"changes"`
}

// Consequences are what the changes mean for who runs the cluster.
type Consequences struct {
	// Restart are the processes that must be started again to see the change.
	Restart []string `json:"restart" mask:"-"`
	Memory  []Amount `json:"memory"`
	Ports   []Port   `json:"ports"`
	// Appear and Disappear are findings of lint.
	Appear    []Finding `json:"findingsAppear"`
	Disappear []Finding `json:"findingsDisappear"`
}

// Amount is the memory that a process may take, in bytes; 0 where there is none.
type Amount struct {
	Process string `json:"process" mask:"-"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
}

// Port is one that a process listens on; 0 where it does not.
type Port struct {
	Process string `json:"process" mask:"-"`
	Name    string `json:"name"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
}

// Finding is one of lint's, short.
type Finding struct {
	Rule     string `json:"rule" mask:"-"`
	Severity string `json:"severity" mask:"-"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty" mask:"-"`
	Line     int    `json:"line,omitempty"`
	Service  string `json:"service,omitempty"`
	Property string `json:"property,omitempty"`
}

// Summary counts.
type Summary struct {
	// Differ says whether anything differs in meaning.
	Differ bool `json:"differ"`
	// Changes are the differences in meaning, and Mild the changes without one.
	Changes int `json:"changes"`
	Mild    int `json:"mild"`
}

// Summarize counts the changes of clusters.
func Summarize(clusters []Cluster) Summary {
	var s Summary
	count := func(changes []Change) {
		for _, c := range changes {
			if c.Kind.Matters() {
				s.Changes++
			} else {
				s.Mild++
			}
		}
	}
	for _, c := range clusters {
		if c.Kind == Added || c.Kind == Removed {
			s.Changes++
		}
		for _, g := range c.Groups {
			count(g.Changes)
		}
		for _, f := range c.Files {
			if f.Kind == Added || f.Kind == Removed {
				s.Changes++
			}
			count(f.Changes)
		}
	}
	s.Differ = s.Changes > 0
	return s
}
