package conf

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
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

// InContainers reports whether the form is one of processes in containers.
func (t *Tree) InContainers() bool {
	return !slices.Contains([]string{FormConf, form.Ambari, form.Cluster}, t.Form)
}

// StartsNothing reports whether the tree is a Compose file whose containers start no
// process of Druid: no cluster, where there is another.
func (t *Tree) StartsNothing() bool { return t.Form == form.Compose && len(t.Services) == 0 }

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
	used, told := map[string]bool{}, map[string]bool{}
	sources, unread := l.mentioning(ctx)
	for _, p := range unread {
		l.keep(p)
		l.unrendered = unreadable(join(prefix, p.Path), p.Message)
	}
	for _, s := range sources {
		files[s.Path] = s
	}
	for _, s := range sources {
		known := slices.IndexFunc(form.Forms(), func(f form.Form) bool { return (o.Form == "" || o.Form == f.Name) && f.Detect(s) })
		if known < 0 {
			l.noteUnrendered(s, prefix)
			continue
		}
		f := form.Forms()[known]
		trees := form.Read(f, in, s)
		if len(trees) == 0 {
			l.noteOwnImage(s, prefix)
		}
		for i, t := range trees {
			c := &cluster{root: s.Path, druid: path.Dir(s.Path)}
			for _, source := range t.Sources {
				c.files = append(c.files, entry{path: source.Path, kind: Written})
				if source != s {
					used[source.Path] = true
				}
				told[source.Path] = told[source.Path] || f.Name == form.Compose
			}
			list = append(list, &Source{Path: join(prefix, s.Path), prefix: prefix, cluster: c, found: l, options: o, form: &found{f, s, i, in}})
		}
	}
	l.noteBroken(files, told)
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
		entries, _ := l.where.readDir(l.folder)
		for _, e := range entries[:min(len(entries), maxForms)] {
			if data, ok := l.near[e.Name()]; e.Type().IsRegular() && form.MayBe(e.Name()) && (data != nil || !ok) {
				l.names = append(l.names, e.Name())
			}
		}
		for file, data := range l.near {
			if data != nil && !strings.Contains(file, "/") && form.MayBe(file) {
				l.names = append(l.names, file)
			}
		}
		slices.Sort(l.names)
		l.names = slices.Compact(l.names)
	}
	return l.names
}

// mentioning are the files that may be in another form and have to do with Druid. Most
// files of a repository have not, and reading them waits for the disk. Unread are those
// that are no text, or too much of it.
func (l *listing) mentioning(ctx context.Context) (fit []*form.Source, unread []Problem) {
	const readers = 4
	var parts [readers][]*form.Source
	var problems [readers][]Problem
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
				switch s, why := formSource(e.path, e.data); {
				case !form.Mentions(s.Data):
				case why == "":
					parts[n] = append(parts[n], s)
				case form.Configures(s):
					problems[n] = append(problems[n], Problem{Path: e.path, Message: why})
				}
			}
		})
	}
	helpers.wait()
	return slices.Concat(parts[:]...), slices.Concat(problems[:]...)
}

// formSource is a file as forms read it, and why they do not. YAML may be in UTF-16, and
// what reads variables takes that for other characters.
func formSource(file string, data []byte) (s *form.Source, why string) {
	s = &form.Source{Path: file, Data: data}
	text, wide := fromUTF16(data)
	if wide {
		s.Data, s.Recoded = text, true
	}
	if wide && !form.IsYAML(file) {
		return s, isUTF16
	}
	return s, unfit(s.Data)
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
	if data, ok := l.edited(file); ok {
		if data == nil {
			return nil, errors.New(plainCause(fs.ErrNotExist))
		}
		e = known(file, data)
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
	s, why := formSource(file, data)
	if why != "" {
		return nil, errors.New(why)
	}
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
	s.share(t)
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
		f := &File{Path: s.shown(source.Path), Kind: Written, Data: source.Data, rel: source.Path, recoded: source.Recoded}
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

// IsForm reports whether a file may be the main one of a configuration that is no
// conf folder, and which stands for all of it. Data is what it holds, nil to look.
func IsForm(name string, data []byte) bool { return where{}.isForm(name, data) }

// IsForm is the same of a file where the options say.
func (o Options) IsForm(name string) bool { return where{o.Files}.isForm(name, o.Overlay[name]) }

// IsFile reports whether a path is one file of a tree, and no archive of some.
func (o Options) IsFile(name string) bool {
	if o.Overlay[name] != nil {
		return true
	}
	info, err := where{o.Files}.stat(name)
	return err == nil && info.Mode().IsRegular() && !isArchive(name)
}

func (w where) isForm(name string, data []byte) bool {
	name = filepath.ToSlash(name)
	if _, ok := kindOf(name); ok || !form.MayBe(path.Base(name)) {
		return false
	}
	if data == nil {
		data, _ = fileReader{w, name}.read(nil)
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
