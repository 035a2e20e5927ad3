package rules

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/internal/lazy"
)

//go:embed examples/*.txtar
var examples embed.FS

// Example is a rule's examples: named cases, each a handful of files that
// change a small, clean tree. bad and good are the documentation; every bad-...
// is another way to be wrong, and every near-miss-... something that looks wrong
// and is not.
type Example struct {
	// Note is the text at the top of the archive.
	Note  string
	Cases []*Case
}

// Case is one example.
type Case struct {
	Name  string
	Files []txtar.File
	// Facts are what the case says of its tree, by the names of lint's flags, and
	// Remove ("file: key") what the base has and the case has not: directives in
	// the archive's comment.
	Facts  map[string]string
	Remove []string
	// Address is that of the running cluster that the case is about; its files are what
	// is answered, each by its address, or no more than a status.
	Address string
	// Locked is a rule that the configuration locks.
	Locked string
	// Want are the findings of the case, each "file:line:column: severity: rule": those of bad
	// stand in the file want, those of a near-miss that another rule has
	// something to say of in near-miss-.../want.
	Want []string
}

// directive sets something for one case: "bad: target=imply-2.7.8".
var directive = lazy.Regexp{Expr: `^([a-z][a-z0-9-]*): ([a-z-]+)=(.+)$`}

// Example reads the rule's example; nil if it has none: a live
// check has tests in its place.
func (r *Rule) Example() *Example {
	data, err := examples.ReadFile("examples/" + r.ID + ".txtar")
	if err != nil {
		return nil
	}
	return parseExample(data)
}

func parseExample(data []byte) *Example {
	archive := txtar.Parse(data)
	e := &Example{}
	for _, f := range archive.Files {
		name, path, _ := strings.Cut(f.Name, "/")
		if name == "want" {
			name, path = "bad", "want"
		}
		c := e.caseNamed(name)
		if path == "want" {
			c.Want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
			continue
		}
		c.Files = append(c.Files, txtar.File{Name: path, Data: f.Data})
	}
	var note []string
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimRight(line, "\n")
		if m := directive.FindStringSubmatch(line); m != nil {
			e.caseNamed(m[1]).set(m[2], m[3])
		} else {
			note = append(note, line)
		}
	}
	e.Note = strings.TrimSpace(strings.Join(note, "\n"))
	return e
}

func (e *Example) caseNamed(name string) *Case {
	i := slices.IndexFunc(e.Cases, func(c *Case) bool { return c.Name == name })
	if i < 0 {
		e.Cases = append(e.Cases, &Case{Name: name})
		i = len(e.Cases) - 1
	}
	return e.Cases[i]
}

func (c *Case) set(what, value string) {
	switch what {
	case "remove":
		c.Remove = append(c.Remove, value)
	case "address":
		c.Address = value
	case "locked":
		c.Locked = value
	default:
		name, isSize := strings.CutSuffix(what, "-gib")
		if isSize {
			value += "GiB"
		}
		if c.Facts == nil {
			c.Facts = map[string]string{}
		}
		c.Facts[name] = value
	}
}

// Text is a case as people read it: each file under its name.
func (e *Example) Text(name string) string {
	if e == nil {
		return ""
	}
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range e.Cases {
		if c.Name != name {
			continue
		}
		if len(c.Facts) > 0 {
			b.WriteString("# with")
			for _, name := range slices.Sorted(maps.Keys(c.Facts)) {
				fmt.Fprintf(&b, " --%s %s", name, c.Facts[name])
			}
			b.WriteString("\n")
		}
		if c.Address != "" {
			fmt.Fprintf(&b, "# of %s\n", c.Address)
		}
		if c.Locked != "" {
			fmt.Fprintf(&b, "# with %s locked in .implycheck.yaml\n", c.Locked)
		}
		for _, key := range c.Remove {
			fmt.Fprintf(&b, "# without %s\n", key)
		}
		for _, f := range c.Files {
			fmt.Fprintf(&b, "# %s\n%s", f.Name, f.Data)
		}
	}
	return b.String()
}
