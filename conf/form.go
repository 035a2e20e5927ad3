package conf

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// FormConf is the form of a tree that is a conf folder.
const FormConf = "conf"

// Written is a file in another form, of which those of the processes were made.
const Written Kind = "form"

// maxForms bounds the files that are looked into for other forms, below one path.
const maxForms = 100_000

// found is a tree in another form, to be opened.
type found struct {
	form   form.Form
	source *form.Source
	index  int // of the trees in the source
	input  *form.Input
}

// findForms looks for configurations in other forms: in files whose name and bytes
// fit. Files that one of them uses are no main files.
func (l *listing) findForms(ctx context.Context, o Options, prefix string) []*Source {
	var list []*Source
	files := map[string]*form.Source{}
	in := &form.Input{Guess: guessedRelease, File: func(file string) (*form.Source, error) { return l.formFile(files, file) }, Names: l.formNames, Alone: l.single}
	used := map[string]bool{}
	for _, e := range l.mentioning(ctx) {
		data := e.data
		s := files[e.path]
		if s == nil {
			s = &form.Source{Path: e.path, Data: data}
			files[e.path] = s
		}
		known := slices.IndexFunc(form.Forms(), func(f form.Form) bool { return (o.Form == "" || o.Form == f.Name) && f.Detect(s) })
		if known < 0 {
			l.noteUnrendered(s, prefix)
			continue
		}
		f := form.Forms()[known]
		for i, t := range form.Read(f, in, s) {
			c := &cluster{root: s.Path, druid: path.Dir(s.Path)}
			for _, source := range t.Sources {
				c.files = append(c.files, entry{path: source.Path, kind: Written})
				if source != s {
					used[source.Path] = true
				}
			}
			list = append(list, &Source{Path: join(prefix, s.Path), prefix: prefix, cluster: c, found: l, options: o, form: &found{f, s, i, in}})
		}
	}
	return slices.DeleteFunc(list, func(s *Source) bool { return used[s.form.source.Path] })
}

// formNames are the files that may be of a form: of a file that was named, those of
// its folder.
func (l *listing) formNames() (names []string) {
	l.forms.Lock()
	defer l.forms.Unlock()
	if l.names != nil {
		return l.names
	}
	l.names = []string{}
	for _, e := range l.maybe {
		l.names = append(l.names, e.path)
	}
	if l.beside && !l.archived {
		entries, _ := os.ReadDir(l.folder)
		for _, e := range entries[:min(len(entries), maxForms)] {
			if e.Type().IsRegular() && form.MayBe(e.Name()) {
				l.names = append(l.names, e.Name())
			}
		}
		slices.Sort(l.names)
		l.names = slices.Compact(l.names)
	}
	return l.names
}

// mentioning are the files that may be in another form and have to do with Druid, with
// what they hold. Most files of a repository have not, and reading them waits for the
// disk.
func (l *listing) mentioning(ctx context.Context) []entry {
	const readers = 4
	var parts [readers][]entry
	var helpers crew
	for n := range readers {
		helpers.do(func() {
			r := l.store()
			defer r.close()
			from, to := n*len(l.maybe)/readers, (n+1)*len(l.maybe)/readers
			for _, e := range l.maybe[from:to] {
				if !e.known && ctx.Err() == nil {
					e.data, _ = r.read(&e)
				}
				if form.Mentions(e.data) && unfit(e.data) == "" {
					parts[n] = append(parts[n], e)
				}
			}
		})
	}
	helpers.wait()
	return slices.Concat(parts[:]...)
}

// guessedRelease is what a container is read for where nothing tells its release:
// an image without a tag is the newest.
const guessedRelease = schema.Newest

// formFile reads a file for a form: below the folder, and once.
func (l *listing) formFile(files map[string]*form.Source, file string) (*form.Source, error) {
	file = path.Clean(file)
	l.forms.Lock() // trees are opened at the same time
	defer l.forms.Unlock()
	if s := files[file]; s != nil {
		return s, nil
	}
	if leavesFolder(file) || path.IsAbs(file) {
		return nil, errors.New("lies outside of the folder that is looked at")
	}
	e := entry{path: file, real: file}
	for _, list := range [][]entry{l.maybe, l.files} {
		if i, ok := slices.BinarySearchFunc(list, file, func(e entry, file string) int { return strings.Compare(e.path, file) }); ok {
			e = list[i]
			break
		}
	}
	data := e.data
	if !e.known {
		if l.archived {
			return nil, l.notGiven(file)
		}
		r := l.store()
		defer r.close()
		var err error
		if data, err = r.read(&e); errors.Is(err, form.ErrFolder) {
			return nil, err
		} else if err != nil {
			return nil, errors.New(plainCause(err))
		}
	}
	if problem := unfit(data); problem != "" {
		return nil, errors.New(problem)
	}
	s := &form.Source{Path: file, Data: data}
	files[file] = s
	return s, nil
}

// notGiven is why a file of an archive cannot be read.
func (l *listing) notGiven(file string) error {
	for _, list := range [][]entry{l.maybe, l.files} {
		i, _ := slices.BinarySearchFunc(list, file+"/", func(e entry, dir string) int { return strings.Compare(e.path, dir) })
		if i < len(list) && strings.HasPrefix(list[i].path, file+"/") {
			return form.ErrFolder
		}
	}
	return errors.New("is not among the files that were given")
}

// openForm reads a tree in another form: for the target, or else for the release
// that the form or what it says tells.
func (s *Source) openForm() (*Tree, error) {
	target, by, err := s.target()
	if err != nil {
		return nil, err
	}
	in := *s.form.input
	if target != nil {
		in.Release = target.Release
	}
	t := s.formTree(&in)
	t.setTarget(target, by, imagesOf(t.formed))
	if target == nil && t.Told && in.Guess != t.Target.Release {
		in.Guess = t.Target.Release
		was := t
		t = s.formTree(&in)
		t.Target, t.TargetReason, t.Possible, t.Told = was.Target, was.TargetReason, was.Possible, was.Told
	}
	if !t.Told && target == nil {
		t.Target = schema.Target{Name: "druid-" + guessedRelease.String(), Release: guessedRelease}
		t.TargetReason = "nothing tells the release, and the newest was taken; pass --target to be sure"
	}
	return t, nil
}

// imagesOf are the releases that the images of a tree name.
func imagesOf(t *form.Tree) *surroundings {
	s := &surroundings{}
	for _, image := range t.Images {
		name, version, _ := strings.Cut(path.Base(image.Text), ":")
		if m, ok := newMention(name, version); ok {
			m.dir, m.file, m.weight = ".", image.Place.Source.Path, named
			m.text = image.Text
			s.mentions = append(s.mentions, m)
		}
	}
	return s
}

// formTree makes a tree of what the form reads.
func (s *Source) formTree(in *form.Input) *Tree {
	formed := form.Read(s.form.form, in, s.form.source)[s.form.index]
	t := &Tree{Path: s.Path, Form: s.form.form.Name, druid: ".", formed: formed, written: map[*form.Source]*File{}}
	for _, source := range formed.Sources {
		f := &File{Path: s.shown(source.Path), Kind: Written, Data: source.Data, rel: source.Path}
		t.written[source] = f
		t.Files = append(t.Files, f)
	}
	for _, made := range formed.Files {
		t.Files = append(t.Files, t.madeFile(made))
	}
	slices.SortStableFunc(t.Files, func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range t.Files {
		f.parse()
	}
	t.bound()
	t.arrange(nil)
	t.markMade()
	for _, p := range formed.Problems {
		at := t.formPlace(p.Place)
		problem := Problem{Path: t.Path, Message: p.Message, Line: at.Span.Start.Line}
		if at.File != nil {
			problem.Path = at.File.Path
		}
		t.Problems = append(t.Problems, problem)
	}
	return t
}

// markMade finds the values that stand for what the form does not know, such as a
// key of a Secret: nobody has written them, and somebody fills them in.
func (t *Tree) markMade() {
	for _, f := range t.Readable(CommonProperties, RuntimeProperties) {
		if !f.Made() {
			continue
		}
		for i := range f.Properties.Entries {
			e := &f.Properties.Entries[i]
			if !e.Placeholder {
				continue
			}
			token, _ := syntax.FindPlaceholder(e.Value)
			found := f.made.Text.Find(e.ValueSpan.Start.Offset, e.ValueSpan.End.Offset)
			if found.Source == nil || !bytes.Contains(found.Source.Data[found.From:found.To], []byte(token)) {
				e.Filled, e.Node = true, nil
			}
		}
	}
}

// madeFile is a file that a form makes.
func (t *Tree) madeFile(made *form.File) *File {
	unit := made.Unit
	if unit == "" {
		unit = "_common"
	}
	kind, _ := kindOf(path.Join(unit, made.Name))
	f := &File{Path: join(t.Path, unit+"/"+made.Name), Kind: kind, Data: []byte(made.Text.String()), rel: unit + "/" + made.Name}
	f.unit, f.inService, f.service = unit, made.Service != "", made.Service
	f.made, f.tree = made, t
	if made.Dir != "" {
		f.Path = made.Dir + "/" + made.Name
	}
	for _, source := range made.Text.Sources() {
		if w := t.written[source]; w != nil && !slices.Contains(w.makes, f) {
			w.makes = append(w.makes, f)
		}
	}
	return f
}

// Count is how many files of the tree are written, and not made of others.
func (t *Tree) Count() (n int) {
	for _, f := range t.Files {
		if !f.Made() {
			n++
		}
	}
	return n
}

// Made reports whether a form has made the file: nobody has written it as it is.
func (f *File) Made() bool { return f.made != nil }

// At is where a stretch of a file is written: in the file itself, or in the source
// that a form has made it of. It is the one place where positions in a made file
// become those that people see. Stock is set for what the image brings.
func (f *File) At(span syntax.Span) (file *File, at syntax.Span, stock bool) {
	if f == nil || f.made == nil {
		return f, span, false
	}
	place := form.Found{Place: f.made.Home}
	if span.Start.Line > 0 {
		if found := f.made.Text.Find(span.Start.Offset, span.End.Offset); found.Source != nil {
			place = found
		}
	}
	file = f.tree.written[place.Source]
	if file == nil {
		return f, span, place.Stock
	}
	return file, file.index().Span(place.From, place.To), place.Stock
}

// Variable reports whether a stretch of a file is set by a variable of a container, or
// would be; an empty one, whether what is added to the file is.
func (f *File) Variable(span syntax.Span) bool {
	if f == nil || f.made == nil {
		return false
	}
	if span.Start.Line == 0 {
		return f.made.Variable(0, 0)
	}
	return f.made.Variable(span.Start.Offset, span.End.Offset)
}

// doubts reports whether a stretch of the file is what an image brings that may bring
// something else.
func (f *File) doubts(span syntax.Span) bool {
	return f != nil && f.made != nil && f.made.Doubt && f.made.Text.Find(span.Start.Offset, span.End.Offset).Stock
}

// Doubtful reports whether what an image brings to the file may be otherwise.
func (f *File) Doubtful() bool { return f != nil && f.made != nil && f.made.Doubt }

// SureFlags are the flags of java that it gets for sure: not those of an image that may
// have others.
func (f *File) SureFlags() []syntax.Flag {
	if f.made == nil || !f.made.Doubt {
		return f.Flags
	}
	return slices.DeleteFunc(slices.Clone(f.Flags), func(flag syntax.Flag) bool { return f.doubts(flag.Span) })
}

// Spell is what has to be written at a stretch of the file so that it becomes the
// text; false if that cannot be.
func (f *File) Spell(span syntax.Span, text string) (string, bool) {
	if f == nil || f.made == nil {
		return text, true
	}
	return f.made.Text.Find(span.Start.Offset, span.End.Offset).Spell(text)
}

// Partial reports whether what comes from an image or a chart may be changed by files
// that are not here.
func (t *Tree) Partial() bool { return t.formed != nil && t.formed.Partial }

// Rewrite is an edit of the file's bytes where they are written; false if they are the
// image's, or cannot be written so there.
func (f *File) Rewrite(from, to int, text string) (source *File, start, end int, spelled string, ok bool) {
	if f.made == nil {
		return f, from, to, text, true
	}
	found := f.made.Text.Find(from, to)
	spelled, ok = found.Spell(text)
	source = f.tree.written[found.Source]
	return source, found.From, found.To, spelled, ok && source != nil && !found.Stock
}

// Running reports whether the tree is what a running cluster has answered.
func (t *Tree) Running() bool { return t.Form == form.Cluster }

// Announced is how many processes of a role a running cluster has, else 0.
func (t *Tree) Announced(role string) int64 {
	if t.formed == nil {
		return 0
	}
	return t.formed.Announced[role]
}

// Java is the major version of Java that the processes are known to run on, else 0.
func (t *Tree) Java() int {
	if t.formed == nil {
		return 0
	}
	return t.formed.Java
}

// Facts are what the form has noticed, of a kind.
func (t *Tree) Facts(kind form.FactKind) (list []Fact) {
	if t.formed == nil {
		return nil
	}
	for _, f := range t.formed.Facts {
		if f.Kind == kind {
			list = append(list, Fact{f, t.formPlace(f.At), t.formPlace(f.Other)})
		}
	}
	return list
}

// Limits are what is said of the container of a service, if there is one.
func (s *Service) Limits() (form.Limits, bool) {
	if s.tree == nil || s.tree.formed == nil {
		return form.Limits{}, false
	}
	l, ok := s.tree.formed.Containers[s.Unit()]
	return l, ok
}

// Unit is what the form calls the service, or the folder of it.
func (s *Service) Unit() string {
	for _, f := range []*File{s.Runtime, s.JVM} {
		if f != nil {
			return f.unit
		}
	}
	return s.Name
}

// Written is a place of a source of the tree.
func (t *Tree) Written(p form.Place) Place { return t.formPlace(p) }

// Fact is something that a form has noticed, with its places.
type Fact struct {
	form.Fact
	At, Other Place
}

// formPlace is a place of a source.
func (t *Tree) formPlace(p form.Place) Place {
	f := t.written[p.Source]
	if f == nil {
		return Place{}
	}
	return Place{File: f, Span: f.index().Span(p.From, p.To)}
}

// IsForm reports whether a file may be the main one of a configuration that is no
// conf folder, and which stands for all of it. Data is what it holds, nil to look.
func IsForm(name string, data []byte) bool {
	name = filepath.ToSlash(name)
	if _, ok := kindOf(name); ok || !form.MayBe(path.Base(name)) {
		return false
	}
	if data == nil {
		data, _ = fileReader(name).read(nil)
	}
	return form.Mentions(data)
}

// IsManifest reports whether bytes are resources of Kubernetes.
func IsManifest(data []byte) bool {
	return bytes.Contains(data, []byte("apiVersion")) && bytes.Contains(data, []byte("kind"))
}

// FormNames are the forms that a tree may have.
func FormNames() []string { return append(append([]string{FormConf}, form.Names()...), form.Cluster) }

// commentsOf are the comments of a file in another form.
func commentsOf(f *File) []syntax.Comment {
	if bytes.Contains(f.Data, []byte("#")) {
		if ext := path.Ext(f.rel); ext == ".yml" || ext == ".yaml" {
			return syntax.YAMLComments(f.Data)
		}
		return syntax.LineComments(f.Data)
	}
	return nil
}
