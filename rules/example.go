package rules

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/sizing"
)

//go:embed examples/*.txtar
var examples embed.FS

// Example is a rule's examples: named cases, each a handful of files that
// change a small, clean tree. bad and good are the documentation; every
// near-miss is something that looks wrong and is not.
type Example struct {
	// Note is the text at the top of the archive.
	Note  string
	Cases []*Case
}

// Case is one example.
type Case struct {
	Name  string
	Files []txtar.File
	// Target, Deployment, Topology and Remove ("file: key") come from directives
	// in the archive's comment.
	Target     string
	Deployment string
	// Auto is set where the tree tells its release itself.
	Auto bool
	Topology   Topology
	// Flags are the directives as a user would say them: --target druid-28.
	Flags  []string
	Remove []string
	// Locked is a rule that the configuration locks.
	Locked string
	// Want are the findings of the case, each "file:line: rule": those of bad
	// stand in the file want, those of a near-miss that another rule has
	// something to say of in near-miss-.../want.
	Want []string
}

// directive sets something for one case: "bad: target=imply-2.7.8".
var directive = regexp.MustCompile(`^([a-z][a-z0-9-]*): ([a-z-]+)=(.+)$`)

// Example reads the rule's example; nil if it has none, which a test forbids.
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
	number, _ := strconv.ParseInt(value, 10, 64)
	if name, unit, ok := strings.Cut(what, "-gib"); ok && unit == "" {
		c.Flags = append(c.Flags, "--"+name+" "+value+"GiB")
	} else if what != "remove" && what != "locked" {
		c.Flags = append(c.Flags, "--"+what+" "+value)
	}
	switch what {
	case "target":
		if c.Auto = value == "auto"; !c.Auto {
			c.Target = value
		}
	case "deployment":
		c.Deployment = value
	case "remove":
		c.Remove = append(c.Remove, value)
	case "locked":
		c.Locked = value
	case "java":
		c.Topology.Java = int(number)
	case "masters":
		c.Topology.Masters = number
	case "query-servers":
		c.Topology.QueryServers = number
	case "data-servers":
		c.Topology.DataServers = number
	case "brokers":
		c.Topology.Brokers = number
	case "cores":
		c.machine(func(m *sizing.Machine) { m.Cores = number })
	case "memory-gib":
		c.machine(func(m *sizing.Machine) { m.Memory = number << 30 })
	case "disk-gib":
		c.machine(func(m *sizing.Machine) { m.Disks = []sizing.Disk{{Size: number << 30}} })
	default:
		panic("examples have no directive " + what)
	}
}

// machine changes the hardware that the case gives every server.
func (c *Case) machine(change func(*sizing.Machine)) {
	m := c.Topology.Machines[""]
	change(&m)
	c.Topology.Machines = map[string]sizing.Machine{"": m}
}

// Text is a case as people read it: each file under its name.
func (e *Example) Text(name string) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range e.Cases {
		if c.Name != name {
			continue
		}
		if len(c.Flags) > 0 {
			fmt.Fprintf(&b, "# with %s\n", strings.Join(c.Flags, " "))
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
