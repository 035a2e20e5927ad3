package form

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Var is a variable of the environment of a container.
type Var struct {
	Name, Value Text
	// Before is the name where the same file has set it before, if it has.
	Before Place
}

// Container is a container of the official image, whose script druid.sh makes
// files of its environment. All of it depends on the release.
type Container struct {
	// Role is the argument of druid.sh.
	Role    string
	Env     []Var
	Release schema.Release
	// Image is what names the image, for the values that come from it.
	Image Place
	// Kubernetes is set where the container runs in it.
	Kubernetes bool
	// Mounted is a file that the container has in the place of the image's, by its
	// path in it.
	Mounted func(file string) (Text, holding)
	// Homes are the places that stand for whole files, by their names, where those are
	// not the container's.
	Homes map[string]Place
	// Open is set where the container may get more than is known.
	Open bool
	// Foreign is set for an image of somebody's own: what it holds is most likely that
	// of the official one, of which it is made, if variables are set as that reads them.
	Foreign bool
	// Own is set where not the script of the image starts the process, so that its
	// variables set nothing.
	Own bool
	// Peon is set for peon.sh, which starts tasks in Kubernetes with the Overlord's
	// files.
	Peon bool
	// IP is the address that the script finds, if it is known.
	IP string
}

// holding is what a container has at the path of one of the image's files.
type holding int

const (
	asInImage holding = iota // the image's own
	given                    // a file that is mounted, and known
	hidden                   // nothing: a mounted folder has no file of that name
	unseen                   // a file of a place that nobody can look into, or nothing
)

// Process is what a container starts.
type Process struct {
	Common, Runtime, JVM Text
	HasRuntime, HasJVM   bool
	Facts                []Fact
	// Fails is why the script stops before it starts anything.
	Fails string
}

// maxVariables bounds the environment of a container: each is looked for in all lines.
const maxVariables = 2000

// confRoot is where the image has its configuration.
const confRoot = "/opt/druid/conf/druid/"

// image runs druid.sh.
type image struct {
	*Container
	out             Process
	common, runtime *lines
	jvm             *lines
	path            string // of the service's folder below confRoot, empty for none
}

// Run does what the script of the release does.
func (c *Container) Run() Process {
	if len(c.Env) > maxVariables {
		return Process{Fails: fmt.Sprintf("it has more than %d variables", maxVariables)}
	}
	s := &image{Container: c}
	s.path = s.confPath()
	s.common = s.file(path.Join(s.commonPath(), "common.runtime.properties"))
	if s.path != "" {
		s.runtime, s.jvm = s.file(path.Join(s.path, "runtime.properties")), s.file(path.Join(s.path, "jvm.config"))
	}
	s.run()
	s.out.Common, s.out.Runtime, s.out.JVM = s.common.text(), s.runtime.text(), s.jvm.text()
	s.out.HasRuntime, s.out.HasJVM = s.runtime != nil, s.jvm != nil || s.out.JVM.s != ""
	s.javaOpts()
	return s.out
}

func (s *image) run() {
	if s.Own {
		return // the script of the image does not run
	}
	early := s.Release >= 23 && !s.Peon // files that variables name are copied before the variables are
	if early {
		s.copyNamed()
	}
	if v, ok := s.value("ZOOKEEPER"); ok {
		s.setKey(Made("druid.zk.service.host", v.Place()), v, false)
	}
	if s.setsHost() {
		s.setHost()
	}
	for _, line := range s.druidLines() {
		name, value, found := line.cut('=')
		if !found {
			value = line
		}
		s.setKey(s.keyOf(name), value, true)
	}
	if !early {
		s.replaceMade()
	}
	if s.Peon && s.Release < 38 {
		s.jvm = nil // it does not read the file
	}
	if !s.Peon {
		s.javaKeys()
	}
	s.noticeNames()
	if level, ok := s.value("DRUID_LOG_LEVEL"); ok && strings.ContainsAny(level.s, " \t\n/") {
		s.fail("DRUID_LOG_LEVEL is not one word: the script hands it to sed")
	} else if ok && !s.hasLog4j() {
		s.fail("DRUID_LOG_LEVEL is set, and the folder that is mounted over " + s.commonPath() + " has no log4j2.xml for the script to edit")
	}
}

// confPath is the folder of the role, as getConfPath of the release has it.
func (s *image) confPath() string {
	single, ok := s.value("DRUID_SINGLE_NODE_CONF")
	switch {
	case s.Release <= 15:
		return s.Role
	case ok && s.Release >= 25 && !s.Peon:
		switch s.Role {
		case "historical", "middleManager", "broker", "router":
			return path.Join("single-server", single.s, s.Role)
		case "coordinator", "overlord":
			return path.Join("single-server", single.s, "coordinator-overlord")
		}
		return path.Join("single-server", "misc", s.Role)
	}
	switch s.Role {
	case "historical", "middleManager":
		return "cluster/data/" + s.Role
	case "indexer":
		if s.Release >= 21 {
			return "cluster/data/indexer"
		}
		return ""
	case "coordinator", "overlord":
		return "cluster/master/coordinator-overlord"
	case "broker", "router":
		return "cluster/query/" + s.Role
	}
	if s.Release >= 21 {
		return "cluster/misc/" + s.Role
	}
	return ""
}

func (s *image) commonPath() string {
	single, ok := s.value("DRUID_SINGLE_NODE_CONF")
	switch {
	case s.Release <= 15:
		return "_common"
	case ok && s.Release >= 25 && !s.Peon:
		return path.Join("single-server", single.s, "_common")
	}
	return "cluster/_common"
}

// file is a file below confRoot: mounted, or the image's own.
func (s *image) file(name string) *lines {
	if s.Mounted != nil {
		switch text, has := s.Mounted(confRoot + name); has {
		case given:
			return newLines(text)
		case hidden:
			return nil
		case unseen:
			s.Open = true
			return newLines(Text{})
		}
	}
	if s.Foreign && !s.hasVariables() {
		s.Open = true
		return newLines(Text{})
	}
	if s.Release <= 15 {
		name = layoutSince16(name)
	}
	text, ok := stockOf(s.Release, name, s.Image)
	if !ok {
		return nil
	}
	return newLines(text)
}

// hasVariables reports whether a variable is set that the script of the image reads.
func (s *image) hasVariables() bool {
	return slices.ContainsFunc(s.Env, func(v Var) bool {
		return strings.HasPrefix(v.Name.s, "druid_") || strings.HasPrefix(v.Name.s, "DRUID_")
	})
}

// layoutSince16 is where a file of the layout up to 0.15 lies now.
func layoutSince16(name string) string {
	dir, base := path.Split(name)
	switch dir = path.Clean(dir); dir {
	case "coordinator", "overlord":
		dir = "master/coordinator-overlord"
	case "broker", "router":
		dir = "query/" + dir
	case "historical", "middleManager", "indexer":
		dir = "data/" + dir
	}
	return path.Join("cluster", dir, base)
}

// value is that of a variable that is set and not empty.
func (s *image) value(name string) (Text, bool) {
	for i := len(s.Env) - 1; i >= 0; i-- {
		if s.Env[i].Name.s == name {
			return s.Env[i].Value, s.Env[i].Value.s != ""
		}
	}
	return Text{}, false
}

// copyNamed copies the files that DRUID_CONFIG_COMMON and DRUID_CONFIG_<role> name.
func (s *image) copyNamed() {
	if name, ok := s.value("DRUID_CONFIG_COMMON"); ok {
		s.common = newLines(s.named(name))
	}
	if name, ok := s.value("DRUID_CONFIG_" + s.Role); ok {
		s.runtime = newLines(s.named(name))
	}
}

// replaceMade copies the named files over those that the script has made of variables.
func (s *image) replaceMade() {
	made, by := &s.common, "DRUID_CONFIG_COMMON"
	if s.runtime != nil {
		made, by = &s.runtime, "DRUID_CONFIG_"+s.Role
	}
	s.copyNamed()
	if _, ok := s.value(by); !ok {
		return
	}
	kept := strings.Split((*made).text().s, "\n")
	for _, v := range s.Env {
		if strings.HasPrefix(v.Name.s, "druid_") && !slices.Contains(kept, s.keyOf(v.Name).s+"="+v.Value.s) {
			s.note(CopiedOver, v.Name.Place(), v.Name.s, by)
		}
	}
}

// named is a file that a variable names.
func (s *image) named(name Text) Text {
	if s.Mounted != nil {
		if text, has := s.Mounted(name.s); has == given {
			return text
		}
	}
	s.Open = true
	s.out.Facts = append(s.out.Facts, Fact{Kind: UnknownFile, At: name.Place(), Name: name.s})
	return Text{}
}

// setsHost reports whether the script sets druid.host to the container's address.
func (s *image) setsHost() bool {
	name, preset := "DRUID_SET_HOST", "1"
	switch {
	case s.Release < 17:
		return true
	case s.Release >= 33:
		name = "DRUID_SET_HOST_IP"
		if s.Kubernetes {
			preset = "0"
		}
	}
	if v, ok := s.value(name); ok {
		return v.s == "1"
	}
	return preset == "1"
}

// setHost leaves druid.host out where the address is not known.
func (s *image) setHost() {
	if s.IP != "" {
		s.setKey(Made("druid.host", s.Image), Made(s.IP, s.Image), true)
		return
	}
	defer s.glueHost()
	for _, line := range append(s.common.delete("druid.host="), s.runtime.delete("druid.host=")...) {
		_, set := s.value("druid_host")
		if f := line.Find(0, len(line.s)); !set && !f.Stock && strings.HasPrefix(strings.TrimSpace(line.s), "druid.host=") {
			s.out.Facts = append(s.out.Facts, Fact{Kind: HostReplaced, At: f.Place, Name: "druid.host"})
		}
	}
}

// glueHost writes druid.host behind the last line of a file that has no end, as releases
// before 0.21 do: they append a line without beginning one.
func (s *image) glueHost() {
	target := s.runtime
	if target == nil {
		target = s.common
	}
	if s.Release >= 21 || target == nil || len(target.list) == 0 {
		return
	}
	last := target.list[len(target.list)-1]
	if strings.HasSuffix(last.s, "\n") || last.s == "" {
		return
	}
	target.add(Made("druid.host="+unknown("druid.host")+"\n", s.Image))
	if key, _, found := strings.Cut(strings.TrimSpace(last.s), "="); found && !strings.HasPrefix(key, "#") && !strings.HasPrefix(key, "!") {
		s.out.Facts = append(s.out.Facts, Fact{Kind: HostGlued, At: last.Find(0, len(last.s)).Place, Name: strings.TrimSpace(key)})
	}
}

// keyOf is the property that a variable names.
func (s *image) keyOf(name Text) Text {
	if s.Release < 30 || !strings.Contains(name.s, "__") {
		return name.with(strings.ReplaceAll(name.s, "_", "."), s.spellName)
	}
	key := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(name.s, "__", "\x00"), "_", "."), "\x00", "_")
	return name.made(key)
}

// spellName writes a property as the name of a variable.
func (s *image) spellName(spell Spelling) Spelling {
	return func(key string) (string, bool) {
		if s.Release < 30 && strings.Contains(key, "_") {
			return "", false
		}
		name := VariableName(key)
		if !isIdentifier(name) {
			return "", false
		}
		return spell(name)
	}
}

// VariableName is the name of the variable that sets a property.
func VariableName(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "_", "__"), ".", "_")
}

// spellValue writes a value as it has to stand in the environment, so that the
// shell, echo and java.util.Properties leave it alone.
func spellValue(spell Spelling) Spelling {
	return func(value string) (string, bool) {
		if strings.Contains(value, `\`) || strings.TrimSpace(value) != value || !oneLine(value) {
			return "", false
		}
		return spell(value)
	}
}

// setKey deletes all lines in which key= is found, and appends a line.
func (s *image) setKey(key, value Text, own bool) {
	if s.common == nil {
		s.fail("there is no common.runtime.properties")
		return
	}
	gone := s.common.delete(key.s + "=")
	target := s.common
	if own && s.runtime != nil {
		gone, target = append(gone, s.runtime.delete(key.s+"=")...), s.runtime
	}
	s.lost(key, gone)
	if own && s.runtime == nil && s.Release <= 15 {
		return // goes to _common/runtime.properties, which nothing reads
	}
	value = value.with(value.s, spellValue)
	line := Join(key, Made("=", key.Place()), value).ofVariable()
	if s.Release >= 21 {
		echoed, cut := echo(line)
		if echoed.s != line.s {
			s.out.Facts = append(s.out.Facts, Fact{Kind: Interpreted, At: value.Place(), Name: key.s})
		}
		target.add(Made("\n", key.Place()))
		if line = echoed; cut {
			target.add(line)
			return
		}
	}
	target.add(Join(line, Made("\n", key.Place())))
}

// lost notices the lines of other keys that were deleted.
func (s *image) lost(key Text, gone []Text) {
	for _, line := range gone {
		other, _, found := strings.Cut(line.s, "=")
		other = strings.TrimSpace(other)
		if found && other != key.s && !strings.HasPrefix(other, "#") && strings.HasPrefix(other, "druid.") {
			f := line.Find(0, len(line.s))
			s.out.Facts = append(s.out.Facts, Fact{Kind: Deleted, At: key.Place(), Name: key.s, Detail: strings.TrimSpace(line.s), Other: f.Place, Stock: f.Stock})
		}
	}
}

// hasLog4j reports whether the shared folder has a log4j2.xml: the image's does.
func (s *image) hasLog4j() bool {
	if s.Mounted == nil {
		return true
	}
	_, has := s.Mounted(confRoot + s.commonPath() + "/log4j2.xml")
	return has != hidden
}

func (s *image) fail(why string) {
	if s.out.Fails == "" {
		s.out.Fails = why
	}
}
