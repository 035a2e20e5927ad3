package form

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Bounds of what a Compose file may pull in.
const (
	maxComposeFiles = 50
	maxExtends      = 20
)

// isCompose reports whether a file is a Compose file that runs Druid.
func isCompose(s *Source) bool {
	if !bytes.Contains(s.Data, []byte("image:")) && !bytes.Contains(s.Data, []byte("build")) && !bytes.Contains(s.Data, []byte("services:")) {
		return false
	}
	services := composeServices(s)
	if services == nil {
		return false
	}
	return slices.ContainsFunc(services.Members, func(m Member) bool { return looksDruid(m.Value) })
}

// looksDruid reports whether a service has to do with Druid at first sight.
func looksDruid(n *Node) bool {
	if isDruidImage(n.Get("image").String()) {
		return true
	}
	env := n.Get("environment")
	if env == nil {
		return false
	}
	for _, m := range env.Members {
		if strings.HasPrefix(m.Key.s, "druid_") {
			return true
		}
	}
	return slices.ContainsFunc(env.Strings(), func(item string) bool { return strings.HasPrefix(item, "druid_") })
}

// composeServices is the map of services of a Compose file, nil if it is none. Files
// of before version 2 have nothing else.
func composeServices(s *Source) *Node {
	documents, err := s.Documents()
	if err != nil || len(documents) == 0 || documents[0].Kind != Map {
		return nil
	}
	top := documents[0]
	if services := top.Get("services"); services != nil {
		if services.Kind == Map && top.Get("apiVersion") == nil {
			return services
		}
		return nil
	}
	for _, m := range top.Members {
		if m.Value.Kind != Map || m.Value.Get("image") == nil && m.Value.Get("build") == nil {
			return nil
		}
	}
	return top
}

// isDruidImage reports whether an image is one of Druid's, by its name, and not of
// what works with it.
func isDruidImage(image string) bool {
	name, _, _ := strings.Cut(path.Base(image), ":")
	name = strings.ToLower(name)
	if !strings.Contains(name, "druid") {
		return false
	}
	return !slices.ContainsFunc([]string{"exporter", "operator", "superset", "turnilo", "pivot", "proxy", "plugin", "console", "admin", "ui"}, func(other string) bool {
		return slices.Contains(strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == '.' }), other)
	})
}

// isOfficial reports whether an image is the one of Apache Druid.
func isOfficial(image string) bool {
	name, _, _ := strings.Cut(image, "@")
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "docker.io/"), ":")
	return name == "apache/druid" || name == "apache/incubator-druid" || strings.HasSuffix(name, "/apache/druid")
}

// compose reads a project of Compose.
type compose struct {
	in   *Input
	tree *Tree
	dir  string // the folder of the project
	env  []Var  // of .env
	// missing is what a variable that nobody sets becomes: in a file by itself it is
	// not known, since a shell may set it.
	missing  func(name string) string
	shell    Lookup // the variables of the shell, of which a file tells nothing
	files    int
	services []*composeService
	err      error // the first mistake for which Compose refuses the project
}

// composeService is a service as all files and extends make it.
type composeService struct {
	name     string
	key      Place
	image    Text
	hasImage bool
	command  []string
	env      []composeVar
	envFiles []composeEnvFile
	volumes  []composeVolume
	ports    []*Node
	memory   []*Node // each stronger than those before
	cpus     []*Node
	nodes    map[string]*Node // further keys, by name
	lacking  bool             // it extends what is not there
}

type composeVar struct {
	name, value Text
	null        bool
}

type composeEnvFile struct {
	path     string // below the scanned folder
	at       Place
	optional bool
	raw      bool
}

// composeVolume is one of a service. On the host it is a path as it is written, seen
// from a folder; empty for a volume that Docker keeps.
type composeVolume struct {
	Mount
	path, dir string
}

// readCompose reads a Compose file, and what it names.
func readCompose(in *Input, s *Source) []*Tree {
	c := &compose{in: in, tree: &Tree{Containers: map[string]Limits{}}, missing: unknown, shell: nowhere}
	c.read(s)
	for _, svc := range c.services {
		c.add(svc)
	}
	if n := len(c.tree.processes); n > 1 {
		c.tree.Deployed = Deployed{"single", path.Base(s.Path) + " starts every process on one machine"}
	}
	if len(c.tree.processes) == 0 {
		return nil // its containers have scripts of their own
	}
	for _, svc := range c.services {
		c.tree.noticeTag(svc.image, svc.name)
	}
	return []*Tree{c.tree}
}

// overrides are the files that docker compose takes beside the main one by itself.
var overrides = []string{"docker-compose.override.yml", "docker-compose.override.yaml", "compose.override.yml", "compose.override.yaml"}

// read reads the files of a project, each stronger than those before.
func (c *compose) read(s *Source) {
	c.dir = path.Dir(s.Path)
	if f, err := c.in.File(path.Join(c.dir, ".env")); err == nil {
		var mistake *mistake
		if c.env, mistake = dotenv(f, nowhere, c.missing); mistake == nil && len(c.env) > 0 {
			c.tree.use(f)
		}
	}
	c.file(s, c.dir)
	switch base := path.Base(s.Path); base {
	case "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml":
		for _, name := range overrides {
			if f, err := c.in.File(path.Join(c.dir, name)); err == nil && composeServices(f) != nil {
				c.file(f, c.dir)
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
	if err != nil || len(documents) == 0 {
		c.fail(Place{Source: s}, fmt.Errorf("cannot be read: %v", err))
		return
	}
	if include := documents[0].Get("include"); include != nil {
		for _, item := range include.Items {
			c.include(item, dir)
		}
	}
	services := composeServices(s)
	if services == nil {
		return
	}
	if services.Twice != nil {
		c.twice(services)
	}
	for _, m := range services.Members {
		svc := c.service(m, s, dir, 0)
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
	c.fail(n.Twice.Place(), fmt.Errorf("the key %s stands twice in a map, which Compose refuses", n.Twice.s))
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

// service reads a service, with what it extends.
func (c *compose) service(m Member, s *Source, dir string, depth int) *composeService {
	n := m.Value
	if n.Kind != Map {
		return nil
	}
	if n.Twice != nil {
		c.twice(n)
	}
	svc := &composeService{name: m.Key.s, key: m.Key.Place(), nodes: map[string]*Node{}}
	for _, member := range n.Members {
		svc.nodes[member.Key.s] = member.Value
	}
	if image := n.Get("image"); image != nil && image.Kind == Scalar {
		svc.image, svc.hasImage = c.replace(image.Text), true
	}
	svc.command = append(words(n.Get("entrypoint")), words(n.Get("command"))...)
	c.environment(svc, n.Get("environment"))
	c.listEnvFiles(svc, n.Get("env_file"), dir)
	c.listVolumes(svc, n.Get("volumes"), dir)
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
	base := c.extended(extends, s, dir, depth)
	if base == nil {
		svc.lacking = true
		return svc
	}
	merged := base.under(svc, n)
	merged.name, merged.key = svc.name, svc.key
	return merged
}

// extended is the service that another one extends.
func (c *compose) extended(extends *Node, s *Source, dir string, depth int) *composeService {
	if depth > maxExtends {
		c.fail(extends.At, errors.New("services extend one another in a circle"))
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
		s, dir = f, path.Dir(file)
		c.tree.use(f)
	}
	services := composeServices(s)
	if services != nil {
		for _, m := range services.Members {
			if m.Key.s == name {
				return c.service(m, s, dir, depth+1)
			}
		}
	}
	c.fail(extends.At, fmt.Errorf("there is no service %s to extend", name))
	return nil
}

// under is a service with another one over it, that of the node.
func (b *composeService) under(over *composeService, n *Node) *composeService {
	out := *over
	if !over.hasImage {
		out.image, out.hasImage = b.image, b.hasImage
	}
	if n.Get("command") == nil && n.Get("entrypoint") == nil {
		out.command = b.command
	}
	kept := func(key string) bool {
		v := n.Get(key)
		return v == nil || v.Tag != "!reset" && v.Tag != "!override"
	}
	if kept("environment") {
		out.env = append(slices.Clone(b.env), over.env...)
	}
	if kept("env_file") {
		out.envFiles = append(slices.Clone(b.envFiles), over.envFiles...)
	}
	if kept("volumes") {
		out.volumes = append(slices.Clone(b.volumes), over.volumes...)
	}
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

// words are the words of a command.
func words(n *Node) (list []string) {
	if n == nil || n.Kind == Map {
		return nil
	}
	if n.Kind == List {
		return n.Strings()
	}
	for _, word := range strings.Fields(n.String()) {
		list = append(list, strings.Trim(word, `"'`))
	}
	return list
}

// replace replaces the variables in a text of the project.
func (c *compose) replace(t Text) Text {
	out, err := substitute(t, c.lookup, c.missing)
	if err != nil {
		c.fail(t.Place(), err)
		return t
	}
	return out
}

// lookup is a variable of the project.
func (c *compose) lookup(name string) (Text, bool) {
	if v, ok := c.shell(name); ok {
		return v, true
	}
	for _, v := range c.env {
		if v.Name.s == name {
			return v.Value, true
		}
	}
	return Text{}, false
}

// environment reads the variables of a service, a map or a list.
func (c *compose) environment(svc *composeService, n *Node) {
	if n.IsNull() {
		return
	}
	if n.Twice != nil {
		c.twice(n)
	}
	if len(n.Members)+len(n.Items) > maxVariables {
		c.fail(n.At, fmt.Errorf("there are more than %d variables", maxVariables))
		return
	}
	for _, m := range n.Members {
		v := composeVar{name: m.Key, null: m.Value.IsNull()}
		switch {
		case m.Value.Kind != Scalar:
			c.fail(m.Key.Place(), fmt.Errorf("the value of %s is a list or a map, and has to be text: quote it", m.Key.s))
			continue
		case !v.null:
			v.value = c.replace(scalarValue(m.Value))
		}
		svc.env = append(svc.env, v)
	}
	for _, item := range n.Items {
		if item.Kind != Scalar {
			c.fail(item.At, errors.New(`an item of environment is no text: write NAME=value, without a blank behind the colon or equals sign`))
			continue
		}
		name, value, found := item.Text.cut('=')
		v := composeVar{name: name, null: !found}
		if found {
			v.value = c.replace(value)
		}
		svc.env = append(svc.env, v)
	}
}

// scalarValue is a scalar as Compose, written in Go, prints what YAML makes of it.
func scalarValue(n *Node) Text {
	if n.Tag == "!!str" {
		return n.Text
	}
	s := fmt.Sprint(n.Decoded())
	if s == n.Text.s {
		return n.Text
	}
	return n.Text.made(s)
}

func (c *compose) listEnvFiles(svc *composeService, n *Node, dir string) {
	if n.IsNull() {
		return
	}
	items := n.Items
	if n.Kind == Scalar {
		items = []*Node{n}
	}
	for _, item := range items {
		f := composeEnvFile{at: item.At}
		name := item
		if item.Kind == Map {
			name = item.Get("path")
			f.optional, f.raw = item.Get("required").String() == "false", item.Get("format").String() == "raw"
		}
		if name.String() == "" {
			continue
		}
		f.at = name.At
		f.path = c.below(dir, c.replace(name.Text).s)
		svc.envFiles = append(svc.envFiles, f)
	}
}

// below is where a file lies below the scanned folder. One that is named from the
// root of somebody's machine is looked for beside the project by the end of its path.
func (c *compose) below(dir, name string) string {
	if !path.IsAbs(name) {
		return path.Join(dir, name)
	}
	for rest := name; rest != ""; {
		_, rest, _ = strings.Cut(rest, "/")
		if file := path.Join(dir, rest); rest != "" {
			if _, err := c.in.File(file); err == nil {
				return file
			}
		}
	}
	return name
}

func (c *compose) listVolumes(svc *composeService, n *Node, dir string) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		v := composeVolume{Mount: Mount{From: item.Get("source").String(), To: item.Get("target").String(), At: item.At}}
		if item.Kind == Scalar {
			v.From, v.To, _ = strings.Cut(c.replace(item.Text).s, ":")
			v.To, _, _ = strings.Cut(v.To, ":")
		}
		switch {
		case v.To == "" && path.IsAbs(v.From): // a volume of the container's own
			v.From, v.To = svc.name+":"+v.From, v.From
		case v.To == "":
			continue
		case strings.HasPrefix(v.From, ".") || strings.Contains(v.From, "/") && !path.IsAbs(v.From) && !strings.HasPrefix(v.From, "~"):
			v.path, v.dir = v.From, dir
			v.From = "./" + path.Join(dir, v.From)
		case path.IsAbs(v.From):
			v.path, v.dir = v.From, dir
		}
		v.To = path.Clean(v.To)
		svc.volumes = append(svc.volumes, v)
	}
}

// variables are those that a container of the service has; complete is false where a
// file may give it more.
func (c *compose) variables(svc *composeService) (vars []Var, complete bool) {
	all := &envReader{}
	complete = true
	for _, f := range svc.envFiles {
		own, found := c.envFile(f, all)
		complete = complete && found
		for _, v := range own {
			all.set(v)
		}
	}
	for _, v := range svc.env {
		value := v.value
		if v.null {
			var known bool
			if value, known = c.lookup(v.name.s); !known { // of the shell, if it has it
				complete = false
				all.vars = slices.DeleteFunc(all.vars, func(o Var) bool { return o.Name.s == v.name.s })
				continue
			}
		}
		all.set(Var{Name: v.name, Value: value})
	}
	return all.vars, complete
}

// envFile reads a file that env_file names, after those before it.
func (c *compose) envFile(f composeEnvFile, before *envReader) (vars []Var, found bool) {
	s, err := c.in.File(f.path)
	if err != nil {
		if !f.optional {
			c.lacks(f.at, "the env_file "+f.path, err)
		}
		return nil, false
	}
	c.tree.use(s)
	lookup := func(name string) (Text, bool) {
		if v, ok := c.lookup(name); ok {
			return v, true
		}
		for _, v := range before.vars {
			if v.Name.s == name {
				return v.Value, true
			}
		}
		return Text{}, false
	}
	read := dotenv
	if f.raw {
		read = rawEnv
	}
	vars, mistake := read(s, lookup, c.missing)
	if mistake != nil {
		c.fail(mistake.at, mistake.error)
	}
	return vars, true
}

// add adds the process of a service, if it is one of Druid's.
func (c *compose) add(svc *composeService) {
	role, known := svc.role()
	if !svc.mayBeDruid() && !known {
		return
	}
	vars, complete := c.variables(svc)
	druid := slices.ContainsFunc(vars, func(v Var) bool { return strings.HasPrefix(v.Name.s, "druid_") })
	official := isOfficial(svc.image.s)
	switch {
	case !official && !druid && !(known && isDruidImage(svc.image.s) && svc.mountsConf()):
		return
	case !known:
		if role, known = roleIn(svc.name); !known || official {
			return
		}
	}
	at := svc.key
	if svc.hasImage {
		at = svc.image.Place()
		c.tree.image(svc.image)
	}
	c.tree.Add(svc.name, svc.key, &Container{
		Role: role, Env: vars, Release: c.in.release(svc.image.s), Image: at, Mounted: c.mounts(svc),
		Open: svc.lacking || !complete, Foreign: !official,
	})
	c.limits(svc)
	c.notice(svc, role, vars)
}

// mountsConf reports whether the service puts a configuration of its own where
// Druid's image has one. What an image of somebody's own holds is not known.
func (svc *composeService) mountsConf() bool {
	return slices.ContainsFunc(svc.volumes, func(v composeVolume) bool {
		return strings.HasPrefix(v.To+"/", confRoot) || v.To != "/" && strings.HasPrefix(confRoot, v.To+"/")
	})
}

// image remembers an image of the tree.
func (t *Tree) image(image Text) {
	if !slices.ContainsFunc(t.Images, func(n Named) bool { return n.Text == image.s }) {
		t.Images = append(t.Images, Named{image.s, image.Place()})
	}
}

// mayBeDruid is a first look, before files are read.
func (svc *composeService) mayBeDruid() bool {
	return isDruidImage(svc.image.s) || len(svc.envFiles) > 0 ||
		slices.ContainsFunc(svc.env, func(v composeVar) bool { return strings.HasPrefix(v.name.s, "druid_") })
}

// role is what the command starts.
func (svc *composeService) role() (string, bool) {
	for _, word := range svc.command {
		if slices.Contains(roles, word) {
			return word, true
		}
	}
	return "", false
}

// mounts finds the files that folders and files of the project take the place of.
func (c *compose) mounts(svc *composeService) func(string) (Text, holding) {
	return func(file string) (Text, holding) {
		for i := len(svc.volumes) - 1; i >= 0; i-- {
			v := svc.volumes[i]
			rest, ok := strings.CutPrefix(file, v.To)
			if !ok || rest != "" && rest[0] != '/' && v.To != "/" {
				continue
			}
			if v.path != "" { // and no volume, which keeps what containers before this one wrote
				s, err := c.in.File(c.below(v.dir, path.Join(v.path, rest)))
				switch {
				case err == nil:
					c.tree.use(s)
					return Exact(string(s.Data), Place{s, 0, len(s.Data)}, spellLine), given
				case c.isFolder(c.below(v.dir, v.path)):
					return Text{}, hidden
				}
			}
			c.tree.note(Fact{Kind: UnseenMount, At: v.At, Service: svc.name, Name: v.To})
			return Text{}, unseen
		}
		return Text{}, asInImage
	}
}

// isFolder reports whether a folder is among what is looked at.
func (c *compose) isFolder(name string) bool {
	_, err := c.in.File(name)
	return errors.Is(err, ErrFolder)
}

// limits are what is said of a service beside its environment.
func (c *compose) limits(svc *composeService) {
	h := Limits{MountsAt: svc.key}
	if n := svc.nodes["volumes"]; n != nil {
		h.MountsAt = n.At
	}
	if n := len(svc.memory); n > 0 {
		text := c.replace(svc.memory[n-1].Text)
		if bytes, ok := parseMemory(text.s); ok {
			h.Memory, h.MemoryAt = bytes, text.Place()
		}
	}
	if n := len(svc.cpus); n > 0 {
		text := c.replace(svc.cpus[n-1].Text)
		_, _ = fmt.Sscan(text.s, &h.CPUs) // 0 if it is none
	}
	for _, v := range svc.volumes {
		h.Mounts = append(h.Mounts, v.Mount)
	}
	for _, item := range svc.ports {
		if port, ok := c.port(item); ok {
			h.Ports = append(h.Ports, port)
		}
	}
	c.tree.Containers[svc.name] = h
}

// port is the port of the container in an entry of ports: 8888, 8888:8888,
// 127.0.0.1:8888:8888/tcp, or a map with a target.
func (c *compose) port(item *Node) (Port, bool) {
	text, at := item.Get("target").String(), item.At
	if item.Kind == Scalar {
		text = c.replace(item.Text).s
		text = text[strings.LastIndexByte(text, ':')+1:]
		text, _, _ = strings.Cut(text, "/")
	}
	n, err := strconv.Atoi(text)
	return Port{n, at}, err == nil && n > 0
}

// parseMemory reads 4g, 512M or 1073741824, as docker does: units are powers of 1024.
func parseMemory(text string) (int64, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimSuffix(strings.TrimSuffix(text, "b"), "i")
	unit := int64(1)
	if n := len(text); n > 0 {
		if i := strings.IndexByte("kmgt", text[n-1]); i >= 0 {
			unit, text = 1<<(10*(i+1)), text[:n-1]
		}
	}
	var value float64
	if _, err := fmt.Sscan(text, &value); err != nil || value <= 0 || value > 1<<40 {
		return 0, false
	}
	return int64(value * float64(unit)), true
}
