// Package form reads configurations that are no conf folder: variables of
// containers, Compose files and whatever else starts Druid. It makes of each the
// files that the processes get, and knows of every part of them where people wrote
// it. Package conf reads these files like any other; places become those of the
// source in one function there, File.At.
//
// A form is one file of this package with two functions, in the table Forms:
//
//   - Detect says whether a file is the main one of a configuration in the form. It
//     is asked only for files whose name fits and that mention Druid, and may parse
//     the YAML (Source.Documents, which reads once for all forms).
//   - Read makes Trees of it. Further files come from Input.File alone, which keeps
//     to the scanned folder; what is not there is a Problem of the tree. The release
//     is Input.Release.
//
// Text is what files are made of: a string that knows the place of each of its
// parts. Node.Text and Var.Value are Texts; Slice, Join, made and with keep the
// places, so that a form only cuts and joins. A part is exact if its bytes stand in
// the source one for one; otherwise findings point at all of the place, and no fix
// is offered. What the image brings is stock, and said to be at the place that names
// the image.
//
// Container.Run is the official image: it turns the environment and mounted files
// of one container into a Process. A form gathers Containers, and (*Tree).Add makes
// a service of each; share, which Read's caller does, puts into the shared file what
// all processes have from one place.
//
// Facts are what a reader notices and the files cannot tell, such as variables that
// vanish. Rules (area containers) ask for them by their kind.
package form

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// Form is a way to keep a configuration.
type Form struct {
	// Name is what users call it.
	Name   string
	Detect func(s *Source) bool
	Read   func(in *Input, s *Source) []*Tree
}

// The forms that others ask for by name: the resources of the druid-operator, Compose,
// which tells itself of what it cannot read, a file of variables, next to which a
// container may be given others, and Ambari, which starts no containers.
const (
	Operator  = "operator"
	Compose   = "compose"
	Variables = "docker-env"
	Ambari    = "ambari"
)

// Forms are all forms, in the order in which they are asked: the first that knows a
// file has it.
func Forms() []Form {
	return []Form{
		{Compose, isCompose, readCompose},
		{Operator, isOperator, readOperator},
		{"stackable", isStackable, readStackable},
		{"manifests", isManifest, readManifests},
		{"helm", isHelm, readHelm},
		{Ambari, isAmbari, readAmbari},
		{Variables, isEnvFile, readEnvFile},
	}
}

// Names are the names of the forms.
func Names() (names []string) {
	for _, f := range Forms() {
		names = append(names, f.Name)
	}
	return names
}

// ErrFolder is why a file is not read that is a folder.
var ErrFolder = errors.New("is a folder")

// Input is what a form is read with.
type Input struct {
	// File reads a file below the scanned folder; ErrFolder if it is a folder.
	File func(path string) (*Source, error)
	// Names are the files that may belong to a form, below the scanned folder; nil if
	// nobody has looked. Alone is set where one file was named.
	Names func() []string
	Alone bool
	// Release is that of the target, 0 where nobody has said it.
	Release schema.Release
	// Guess is the release to take where neither that nor the form tells.
	Guess schema.Release
}

func (in *Input) names() []string {
	if in.Names == nil {
		return nil
	}
	return in.Names()
}

// release is the one that a container is read for, by its image.
func (in *Input) release(image string) schema.Release {
	if in.Release > 0 {
		return in.Release
	}
	if r, ok := imageRelease(image); ok {
		return r
	}
	return in.Guess
}

// imageRelease is the release that the tag of an image names.
func imageRelease(image string) (schema.Release, bool) {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(path.Base(image), ":")
	return schema.ParseRelease(strings.TrimPrefix(tag, "v"))
}

// Tree is the configuration of one cluster.
type Tree struct {
	Form string
	// Main is the file that the tree is named after, and Sources are all that it was
	// read from, without those that are conf files themselves.
	Main    *Source
	Sources []*Source
	Files   []*File
	// Images are the images of the services, each once.
	Images     []Named
	Containers map[string]Limits // by the name of the service
	Facts      []Fact
	Problems   []Problem
	Deployed   Deployed
	// Announced is how many processes of each role a running cluster has.
	Announced map[string]int64
	Java      int // the major version that the processes run on; 0 if nothing tells it
	// Partial is set where other files may change what comes from an image or a chart.
	Partial   bool
	processes []service
}

// Named is a name and where it stands.
type Named struct {
	Text  string
	Place Place
}

// Deployed says where the processes run, if the form tells.
type Deployed struct {
	Kind, Reason string // single or cluster
}

// Problem is something that could not be read.
type Problem struct {
	Place   Place
	Message string
}

// Limits are what is said of a container beside its environment: what it is limited
// to, where 0 is no limit, what it mounts, and which ports of it are published.
type Limits struct {
	Memory   int64
	MemoryAt Place
	// Asked is the memory that has to be free on a machine for the container to start.
	Asked   int64
	AskedAt Place
	CPUs    float64
	Mounts  []Mount
	Ports   []Port
	// MountsAt is where the mounts are listed, or the service if it has none.
	MountsAt Place
}

// Mount is a volume or a folder of the host, and where the container has it.
type Mount struct {
	From, To string
	At       Place
	Size     int64 // 0 if nothing tells it
	Empty    bool  // is made with the pod, and deleted with it
}

// Port is a port of the container that is published.
type Port struct {
	Number int
	At     Place
}

// File is a file that a process gets.
type File struct {
	// Name is runtime.properties, jvm.config or common.runtime.properties.
	Name string
	// Unit is what the form calls the service, and Service which one it is; empty for
	// a file that all share.
	Unit, Service string
	// Dir is what stands for the folder of it; without one it is the unit's.
	Dir  string
	Text Text
	// Home is the place that stands for the whole file.
	Home Place
	// Mounted is set for a file that is in a source as it is.
	Mounted bool
	// Open is set for a file that may hold more than is known, and Told for one that may
	// hold more flags and no more properties.
	Open, Told bool
	// Hidden, if not nil, tells the properties that may be set and are never shown.
	Hidden func(key string) bool
	// Doubt is set where what the image brings may be otherwise.
	Doubt bool
	// Variables is set where variables of the container add to the file.
	Variables bool
}

// Variable reports whether a stretch of the file is set by a variable, or would be,
// since the image has it; with no stretch, whether what is added to the file is.
func (f *File) Variable(from, to int) bool {
	if !f.Variables || to == 0 {
		return f.Variables
	}
	found := f.Text.Find(from, to)
	return found.Stock || found.Variable
}

// service is a process and what is said of it.
type service struct {
	unit, role string
	home       Place
	open, own  bool
	foreign    bool
	homes      map[string]Place
	Process
}

// homeOf is the place that stands for a file of the process.
func (p *service) homeOf(file string) Place {
	if home, ok := p.homes[file]; ok {
		return home
	}
	return p.home
}

// variables reports whether variables of the container add to a file of the process.
func (p *service) variables(file string) bool {
	_, mounted := p.homes[file]
	return !p.own && !mounted
}

// Add adds the process of a container to the tree.
func (t *Tree) Add(unit string, home Place, c *Container) {
	p := c.Run()
	if p.Fails != "" {
		t.Facts = append(t.Facts, Fact{Kind: Fails, At: home, Service: unit, Detail: p.Fails})
	}
	for _, f := range p.Facts {
		f.Service = unit
		t.Facts = append(t.Facts, f)
	}
	if c.Open && p.JVM.s == "" {
		p.HasJVM = false
	}
	t.processes = append(t.processes, service{unit, c.Role, home, c.Open, c.Own, c.Foreign, c.Homes, p})
}

// use remembers a source of the tree.
func (t *Tree) use(s *Source) {
	if !slices.Contains(t.Sources, s) {
		t.Sources = append(t.Sources, s)
	}
}

// problem says that something could not be read.
func (t *Tree) problem(at Place, message string) {
	p := Problem{at, message}
	if !slices.Contains(t.Problems, p) && len(t.Problems) < 100 {
		t.Problems = append(t.Problems, p)
	}
}

// Read reads the trees of a source in the form that knows it; used are the sources
// beside it that belong to them.
func Read(f Form, in *Input, s *Source) []*Tree {
	trees := f.Read(in, s)
	for _, t := range trees {
		t.Form, t.Main = f.Name, s
		t.use(s)
		t.share()
	}
	return trees
}

// share makes the files of the processes. What every process has from one and the
// same place is in the shared file, where nothing in a process's own contradicts it.
func (t *Tree) share() {
	if len(t.processes) == 0 {
		return
	}
	commons := make([][]Text, len(t.processes))
	own := make([][]Text, len(t.processes))
	for i, p := range t.processes {
		commons[i], own[i] = p.Common.lines(), p.Runtime.lines()
	}
	shared := common(commons)
	fromOwn := common(own)
	if len(t.processes) == 1 {
		fromOwn = nil
	}
	open := slices.ContainsFunc(t.processes, func(p service) bool { return p.open })
	doubt := slices.ContainsFunc(t.processes, func(p service) bool { return p.open || p.foreign })
	if text := Join(slices.Concat(shared, fromOwn)...); text.s != "" || open {
		t.Files = append(t.Files, &File{Name: "common.runtime.properties", Text: text, Home: t.commonHome(), Open: open, Doubt: doubt, Variables: t.processes[0].variables("common.runtime.properties")})
	}
	for i, p := range t.processes {
		// What is not shared of the common files is below a process's own values.
		t.file("runtime.properties", p, joinLines(Join(without(commons[i], shared)...), Join(without(own[i], fromOwn)...)))
		if p.HasJVM {
			t.file("jvm.config", p, p.JVM)
		}
	}
	t.processes = nil
}

// commonHome is the place that stands for the shared file: that which all processes
// have it from, or else the whole source.
func (t *Tree) commonHome() Place {
	home := t.processes[0].homeOf("common.runtime.properties")
	for i := range t.processes {
		if t.processes[i].homeOf("common.runtime.properties") != home {
			return Place{home.Source, 0, 0}
		}
	}
	return home
}

func (t *Tree) file(name string, p service, text Text) {
	t.Files = append(t.Files, &File{Name: name, Unit: p.unit, Service: p.role, Text: text, Home: p.homeOf(name), Open: p.open, Doubt: p.open || p.foreign, Variables: p.variables(name)})
}

// identity is what makes two lines one: the same text from the same place.
type identity struct {
	text  string
	place Place
	stock bool
}

func identityOf(line Text) identity {
	f := line.Find(0, len(line.s))
	id := identity{strings.TrimSuffix(line.s, "\n"), f.Place, f.Stock}
	if f.Stock {
		id.place = Place{} // the image's, wherever its name stands
	}
	return id
}

// common are the lines that all have, in the order of the first.
func common(of [][]Text) (list []Text) {
	count := map[identity]int{}
	for i, lines := range of {
		for _, line := range lines {
			if id := identityOf(line); count[id] == i {
				count[id]++
			}
		}
	}
	for _, line := range of[0] {
		if count[identityOf(line)] == len(of) && strings.TrimSpace(line.s) != "" {
			if !strings.HasSuffix(line.s, "\n") {
				line = Join(line, line.made("\n"))
			}
			list = append(list, line)
		}
	}
	return list
}

// without are the lines that are not shared.
func without(lines, shared []Text) (list []Text) {
	known := map[identity]bool{}
	for _, line := range shared {
		known[identityOf(line)] = true
	}
	for _, line := range lines {
		if !known[identityOf(line)] {
			list = append(list, line)
		}
	}
	return list
}

// Mentions reports whether bytes have to do with Druid: cheap, for files that mostly
// have not.
func Mentions(data []byte) bool {
	return bytes.Contains(data, []byte("druid")) || bytes.Contains(data, []byte("DRUID")) || bytes.Contains(data, []byte("Druid"))
}

// MayBe reports whether a file of that name may be the main one of a form.
func MayBe(name string) bool {
	lower := strings.ToLower(name)
	switch path.Ext(lower) {
	case ".yml", ".yaml", ".env":
		return true
	case ".json":
		return strings.Contains(lower, "blueprint")
	case ".xml":
		return isStackFile(lower)
	}
	for _, copied := range []string{".bak", ".old", ".orig", ".save", ".swp", "~"} {
		if strings.HasSuffix(lower, copied) {
			return false // what an editor or a careful hand left beside the file itself
		}
	}
	return strings.HasSuffix(lower, "environment") || strings.HasPrefix(lower, "environment.") || strings.HasPrefix(lower, "environment_") || strings.HasPrefix(lower, "environment-") || strings.HasPrefix(lower, ".env") || strings.HasPrefix(lower, "env.") || strings.HasSuffix(lower, "-env") || strings.HasSuffix(lower, "_env")
}
