package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/text"
)

// What a policy may be; the largest of the examples has 1 KiB.
const (
	maxSize  = 1 << 20 // of all its files
	maxFiles = 100     // of a folder
	maxNames = 10_000  // in a folder that also holds other things
)

// source is one file of a policy.
type source struct {
	Path  string
	Data  []byte
	lines []string
}

// read gives the files of a policy: the one named, or those of a folder. What a
// config file names is called *.cue, and is no other file of the repository.
func read(policy disk.Name) ([]source, error) {
	files, err := files(policy)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", policy, err)
	}
	var list []source
	size := 0
	for _, file := range files {
		data, err := file.Read(maxSize)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", file, err)
		}
		if size += len(data); size > maxSize {
			return nil, fmt.Errorf("policy %s: its files have more than 1 MiB", policy)
		}
		list = append(list, source{Path: file.String(), Data: data})
	}
	return split(list), nil
}

func files(policy disk.Name) ([]disk.Name, error) {
	names, err := policy.List(maxNames)
	switch {
	case errors.Is(err, disk.ErrNoFolder):
		if !policy.Trusted() && !strings.HasSuffix(policy.Path, ".cue") {
			return nil, errors.New("a config file names policies that are called .cue, or folders of them")
		}
		return []disk.Name{policy}, nil
	case err != nil:
		return nil, err
	}
	slices.Sort(names)
	var files []disk.Name
	for _, name := range names {
		if strings.HasSuffix(name, ".cue") && name[0] != '.' {
			files = append(files, policy.In(name))
		}
	}
	switch {
	case len(names) == maxNames || len(files) > maxFiles:
		return nil, fmt.Errorf("the folder holds more than %d policies", maxFiles)
	case len(files) == 0:
		return nil, errors.New("the folder holds no .cue file")
	}
	return files, nil
}

// split finds the lines of files.
func split(sources []source) []source {
	for i, s := range sources {
		sources[i].lines = strings.Split(string(s.Data), "\n")
	}
	return sources
}

// line is a line of the file, counted from 1.
func (s source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return strings.TrimRight(s.lines[n-1], "\r")
}

// location is a span of the file.
func (s source) location(start, end token.Pos) finding.Location {
	from, to := start.Position(), end.Position()
	return finding.Location{
		File: s.Path, Line: from.Line, Column: s.column(from.Line, from.Column),
		EndLine: to.Line, EndColumn: s.column(to.Line, to.Column),
	}
}

// column counts in runes, where CUE counts bytes.
func (s source) column(line, column int) int {
	text := s.line(line)
	return utf8.RuneCountInString(text[:min(column-1, len(text))]) + 1
}

// parse reads the files.
func parse(sources []source) ([]*ast.File, error) {
	files := make([]*ast.File, len(sources))
	for i, s := range sources {
		if err := checkDepth(s); err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(s.Path, s.Data, parser.ParseComments)
		if err != nil {
			return nil, broken(err, s.Path)
		}
		if err := checkNames(file); err != nil {
			return nil, err
		}
		files[i] = file
	}
	return files, nil
}

// complete makes the names of services known in a file, so that a policy may
// speak of a service that it says nothing else of, and makes the files of a
// folder one package.
func complete(file *ast.File) {
	names := append([]string{"tree", "services"}, conf.ServiceNames()...)
	known := make([]ast.Decl, 0, len(names))
	for _, name := range names {
		open := &ast.StructLit{Elts: []ast.Decl{&ast.Ellipsis{}}}
		field := &ast.Field{Label: ast.NewIdent(name), Value: open, Constraint: token.OPTION}
		if strings.Contains(name, "-") {
			field.Label = ast.NewString(name)
		}
		known = append(known, field)
	}
	decls := slices.DeleteFunc(file.Decls, func(d ast.Decl) bool { _, ok := d.(*ast.Package); return ok })
	head := 0
	for i, d := range decls {
		if _, ok := d.(*ast.ImportDecl); ok {
			head = i + 1
		}
	}
	decls = slices.Insert(decls, head, known...)
	file.Decls = slices.Insert(decls, 0, ast.Decl(&ast.Package{Name: ast.NewIdent("policy")}))
}

// checkNames refuses packages that are not there, and a top field that is neither a service nor anything else
// that a tree has: it would never apply, and nobody would notice.
func checkNames(file *ast.File) error {
	options := append([]string{"tree", "services"}, conf.ServiceNames()...)
	for _, i := range slices.Collect(file.ImportSpecs()) {
		if path, err := literal.Unquote(i.Path.Value); err == nil && !slices.Contains(packages, path) {
			return &mistake{position(i.Pos()), fmt.Sprintf("cannot import %q: there are %s", path, strings.Join(packages, ", "))}
		}
	}
	for _, d := range file.Decls {
		field, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil || strings.HasPrefix(name, "#") || strings.HasPrefix(name, "_") || slices.Contains(options, name) {
			continue
		}
		hint := "write one of " + strings.Join(options, ", ")
		if near, ok := text.Nearest(name, options); ok {
			hint = "did you mean " + near + "?"
		}
		return &mistake{position(field.Pos()), fmt.Sprintf("%q is not a service: %s; helpers begin with # or _", name, hint)}
	}
	return nil
}

// position writes file:line:column.
func position(pos token.Pos) string {
	p := pos.Position()
	return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
}
