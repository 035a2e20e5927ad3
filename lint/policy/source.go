package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

// maxSize is how large a policy may be; the largest of the examples has 1 KiB.
const maxSize = 1 << 20

// source is one file of a policy.
type source struct {
	Path  string
	Data  []byte
	lines []string
}

// read gives the files of a policy: the one named, or those of a folder.
func read(name string) ([]source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, errors.Unwrap(err))
	}
	paths := []string{name}
	if info.IsDir() {
		paths, _ = filepath.Glob(filepath.Join(escapeGlob(name), "*.cue"))
		if len(paths) == 0 {
			return nil, fmt.Errorf("policy %s: the folder holds no .cue file", name)
		}
	}
	var list []source
	size := 0
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, fmt.Errorf("policy %s: %w", path, errors.Unwrap(err))
		case !info.Mode().IsRegular() || info.Size() > maxSize:
			return nil, fmt.Errorf("policy %s: not a file of at most 1 MiB", path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", path, errors.Unwrap(err))
		}
		if size += len(data); size > maxSize {
			return nil, fmt.Errorf("policy %s: its files have more than 1 MiB", name)
		}
		list = append(list, source{Path: filepath.ToSlash(path), Data: data})
	}
	return split(list), nil
}

// escapeGlob takes the meaning from the characters of a folder's name.
func escapeGlob(name string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(name)
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
			return fmt.Errorf("policy %s: cannot import %q: there are %s", position(i.Pos()), path, strings.Join(packages, ", "))
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
		return fmt.Errorf("policy %s: %q is no service: %s; helpers begin with # or _", position(field.Pos()), name, hint)
	}
	return nil
}

// broken says in one line what is wrong with a policy, and where; path is the
// policy, for the few mistakes that CUE does not say the place of.
func broken(err error, path string) error {
	first := errors.Errors(err)[0]
	format, args := first.Msg()
	message := fmt.Sprintf(format, args...)
	if labels := first.Path(); len(labels) > 0 {
		message = strings.Join(labels, ".") + ": " + message
	}
	for _, pos := range errors.Positions(first) {
		if pos.Filename() != "" {
			return fmt.Errorf("policy %s: %s", position(pos), message)
		}
	}
	return fmt.Errorf("policy %s: %s", path, message)
}

// position writes file:line:column.
func position(pos token.Pos) string {
	p := pos.Position()
	return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
}
