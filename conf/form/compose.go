package form

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/implycheck/implycheck/conf/syntax"
)

// Bounds of what a Compose file may pull in.
const (
	maxComposeFiles = 50
	maxExtends      = 20
	maxExtended     = 10_000
	maxBuilds       = 100
)

// compose reads a project of Compose.
type compose struct {
	in   *Input
	tree *Tree
	dir  string // the folder of the project
	env  []Var  // of .env
	// v1 is set for a file that only docker-compose before version 2 reads: it has services
	// at its top.
	v1 bool
	// main is set for a file that docker compose reads by itself, or a stack of Swarm.
	main bool
	// missing is what a variable that nobody sets becomes: in a file by itself it is
	// not known, since a shell may set it.
	missing  func(name string) string
	shell    Lookup // the variables of the shell, of which a file tells nothing
	files    int
	extends  int      // services that were read for others
	bases    []string // that others extend
	builds   int      // Dockerfiles that were read
	services []*composeService
	configs  map[string]composeConfig // configs and secrets, by kind and name
	err      error                    // the first mistake for which Compose refuses the project
}

// composeService is a service as all files and extends make it.
type composeService struct {
	name     string
	key      Place
	image    Text
	hasImage bool
	// entrypoint, if it is not nil, takes the place of the image's, which gets command.
	entrypoint, command []string
	commandAt           Place
	env                 []composeVar
	resets              map[string]bool // the variables that it takes away
	envFiles            []composeEnvFile
	volumes             []composeVolume
	grants              []composeGrant
	ports               []*Node
	memory              []*Node // each stronger than those before
	cpus                []*Node
	nodes               map[string]*Node // further keys, by name
	lacking             bool             // it extends what is not there
	built               *built           // what a Dockerfile makes of the image; nil if there is none, or none of Druid's
}

// readCompose reads a Compose file, and what it names.
func readCompose(in *Input, s *Source) []*Tree {
	c := &compose{in: in, tree: &Tree{Containers: map[string]Limits{}}, missing: unknown, shell: nowhere}
	if documents, _ := s.Documents(); len(documents) == 1 {
		c.v1 = servicesOf(documents[0]) == documents[0]
	}
	c.read(s)
	for _, svc := range c.services {
		c.build(svc)
		c.add(svc)
	}
	if n := len(c.tree.processes); n > 1 {
		c.tree.Deployed = Deployed{"single", path.Base(s.Path) + " starts every process on one machine"}
	}
	if len(c.tree.processes) == 0 && !slices.ContainsFunc(c.tree.Facts, func(f Fact) bool { return f.Kind == Idle }) {
		return nil // its containers have scripts of their own
	}
	for _, svc := range c.services {
		c.tree.noticeTag(svc.image, svc.name)
	}
	return []*Tree{c.tree}
}

// overrides are the files that docker compose takes beside the main one by itself.
// The first that is there counts.
var overrides = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}

// read reads the files of a project, each stronger than those before.
func (c *compose) read(s *Source) {
	c.dir = path.Dir(s.Path)
	if f, err := c.in.File(path.Join(c.dir, ".env")); err == nil {
		var mistake *mistake
		if c.env, mistake = c.dotenv()(f, nowhere, c.missing); len(c.env) > 0 || mistake != nil {
			c.tree.use(f)
		}
		if mistake != nil {
			c.fail(mistake.at, mistake.error)
		}
	}
	c.file(s, c.dir)
	switch path.Base(s.Path) {
	case "docker-stack.yml", "docker-stack.yaml":
		c.main = true
	case "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml":
		c.main = true
		for _, name := range overrides {
			if f, err := c.in.File(path.Join(c.dir, name)); err == nil {
				c.file(f, c.dir)
				return
			}
		}
	}
}

// file adds the services of one file, whose paths are relative to dir.
func (c *compose) file(s *Source, dir string) {
	if c.files++; c.files > maxComposeFiles {
		c.fail(Place{Source: s}, errors.New("includes too many files"))
		return
	}
	c.tree.use(s)
	documents, err := s.Documents()
	if err != nil {
		c.unreadable(s, err)
		return
	}
	for _, n := range documents {
		c.document(n, dir)
	}
}

// unreadable says that a file is no YAML.
func (c *compose) unreadable(s *Source, err error) {
	at, what := Place{Source: s}, err.Error()
	if line, rest := lineOf(err); line > 0 {
		at.From = syntax.NewLines(s.Data).Offset(line, 1)
		at.To, what = at.From, rest
	}
	c.fail(at, errors.New("the file cannot be read as YAML: "+what))
}

// document adds the services of a document, which Compose lays over those before it as
// it does with a further file. Every one has to be a map, also behind the last ---.
func (c *compose) document(n *Node, dir string) {
	if n.Kind != Map {
		at := n.At
		if begin := bytes.LastIndex(at.Source.Data[:at.From], []byte("---")); begin >= 0 && n.IsNull() {
			at.From, at.To = begin, begin+len("---")
		}
		c.fail(at, errors.New("a document that --- begins is empty or no map"))
		return
	}
	if include := n.Get("include"); include != nil {
		for _, item := range include.Items {
			c.include(item, dir)
		}
	}
	c.listConfigs(n, dir)
	services := servicesOf(n)
	if services == nil {
		return
	}
	if services.Twice != nil {
		c.twice(services)
	}
	for _, m := range services.Members {
		svc := c.service(m, []*Node{services}, dir, 0)
		if svc == nil {
			continue
		}
		if i := slices.IndexFunc(c.services, func(o *composeService) bool { return o.name == svc.name }); i >= 0 {
			c.services[i] = c.services[i].under(svc, m.Value)
		} else {
			c.services = append(c.services, svc)
		}
	}
}

func (c *compose) twice(n *Node) {
	c.fail(n.Twice.Place(), fmt.Errorf("the key %s is set twice in a map, which Compose refuses", n.Twice.s))
}

// fail notices why Compose refuses the project.
func (c *compose) fail(at Place, err error) {
	if c.err == nil {
		c.err = err
	}
	f := Fact{Kind: Refused, At: at, Detail: err.Error()}
	if !slices.Contains(c.tree.Facts, f) {
		c.tree.Facts = append(c.tree.Facts, f)
	}
}

// lacks notices a file that is not there. It may be kept out of the repository.
func (c *compose) lacks(at Place, what string, err error) {
	if c.err == nil {
		c.err = err
	}
	c.tree.problem(at, fmt.Sprintf("%s: %v", what, err))
}

// include reads the files of an entry of include.
func (c *compose) include(item *Node, dir string) {
	paths, project := item.Strings(), ""
	if item.Kind == Map {
		paths, project = item.Get("path").Strings(), item.Get("project_directory").String()
	}
	for i, name := range paths {
		name = path.Join(dir, name)
		if i == 0 && project == "" {
			project = path.Dir(name)
		} else if i == 0 {
			project = path.Join(dir, project)
		}
		f, err := c.in.File(name)
		if err != nil {
			c.lacks(item.At, "the included file "+name, err)
			continue
		}
		c.file(f, project)
	}
}

// service reads a service, with what it extends: one of the documents, or of another file.
func (c *compose) service(m Member, documents []*Node, dir string, depth int) *composeService {
	n := m.Value
	if n.Kind != Map {
		return nil
	}
	if n.Twice != nil {
		c.twice(n)
	}
	svc := &composeService{name: m.Key.s, key: m.Key.Place(), nodes: map[string]*Node{}, resets: map[string]bool{}}
	for _, member := range n.Members {
		svc.nodes[member.Key.s] = member.Value
	}
	if image := n.Get("image"); image != nil && image.Kind == Scalar {
		svc.image, svc.hasImage = c.replace(image.Text), true
	}
	c.start(svc, n)
	c.environment(svc, n.Get("environment"))
	c.listEnvFiles(svc, n.Get("env_file"), dir)
	c.listVolumes(svc, n.Get("volumes"), dir)
	c.listGrants(svc, n)
	if ports := n.Get("ports"); ports != nil {
		svc.ports = ports.Items
	}
	for _, limit := range []*Node{n.Get("mem_limit"), n.Path("deploy", "resources", "limits", "memory")} {
		if !limit.IsNull() {
			svc.memory = append(svc.memory, limit)
		}
	}
	for _, limit := range []*Node{n.Get("cpus"), n.Path("deploy", "resources", "limits", "cpus")} {
		if !limit.IsNull() {
			svc.cpus = append(svc.cpus, limit)
		}
	}
	extends := n.Get("extends")
	if extends == nil {
		return svc
	}
	base := c.extended(extends, documents, dir, depth)
	if base == nil {
		svc.lacking = true
		return svc
	}
	merged := base.under(svc, n)
	merged.name, merged.key = svc.name, svc.key
	return merged
}

// extended is the service that another one extends.
func (c *compose) extended(extends *Node, documents []*Node, dir string, depth int) *composeService {
	if c.extends++; depth > maxExtends || c.extends > maxExtended {
		c.fail(extends.At, errors.New("services extend one another in a circle, or too many times"))
		return nil
	}
	name, file := extends.String(), ""
	if extends.Kind == Map {
		name, file = extends.Get("service").String(), extends.Get("file").String()
	}
	if file != "" {
		file = path.Join(dir, file)
		f, err := c.in.File(file)
		if err != nil {
			c.lacks(extends.At, "the file "+file+", which a service extends", err)
			return nil
		}
		c.tree.use(f)
		if _, err := f.Documents(); err != nil {
			c.unreadable(f, err)
			return nil
		}
		documents, dir = composeServices(f), path.Dir(file)
	}
	c.bases = append(c.bases, name)
	base := c.named(name, documents, dir, depth+1)
	if base == nil {
		c.fail(extends.At, fmt.Errorf("there is no service %s to extend", name))
	}
	return base
}

// named is the service of a name, as the documents of a file make it.
func (c *compose) named(name string, documents []*Node, dir string, depth int) (found *composeService) {
	for _, services := range documents {
		for _, m := range services.Members {
			if m.Key.s != name {
				continue
			}
			svc := c.service(m, documents, dir, depth)
			if m.Value.IsNull() {
				svc = &composeService{name: name, nodes: map[string]*Node{}}
			}
			if svc != nil && found != nil {
				svc = found.under(svc, m.Value)
			}
			if svc != nil {
				found = svc
			}
		}
	}
	return found
}

// resetTag takes away what the files before set, whatever value it has.
const resetTag = "!reset"

// under is a service with another one over it, that of the node.
func (b *composeService) under(over *composeService, n *Node) *composeService {
	out := *over
	if !over.hasImage {
		out.image, out.hasImage = b.image, b.hasImage
	}
	if n.Get("command") == nil {
		out.command, out.commandAt = b.command, b.commandAt
	}
	if n.Get("entrypoint") == nil {
		out.entrypoint = b.entrypoint
	}
	kept := func(key string) bool {
		v := n.Get(key)
		return v == nil || v.Tag != resetTag && v.Tag != "!override"
	}
	if kept("environment") {
		out.env = b.environmentUnder(over)
	}
	if kept("env_file") {
		out.envFiles = append(slices.Clone(b.envFiles), over.envFiles...)
	}
	if kept("volumes") {
		out.volumes = append(slices.Clone(b.volumes), over.volumes...)
	}
	out.grants = append(slices.Clone(b.grants), over.grants...)
	if kept("ports") {
		out.ports = append(slices.Clone(b.ports), over.ports...)
	}
	out.memory = append(slices.Clone(b.memory), over.memory...)
	out.cpus = append(slices.Clone(b.cpus), over.cpus...)
	out.nodes = map[string]*Node{}
	for key, v := range b.nodes {
		out.nodes[key] = v
	}
	for key, v := range over.nodes {
		out.nodes[key] = v
	}
	out.key = b.key
	out.lacking = b.lacking || over.lacking
	return &out
}
