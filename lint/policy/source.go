package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/text"
)

// What a policy may be; the largest of the examples has 1 KiB.
const (
	maxSize  = 1 << 20 // of a file
	maxFiles = 100     // of a folder
	maxNames = 10_000  // in a folder that also holds other things
)

// source is one file of a policy.
type source struct {
	path string
	data []byte
}

// read gives the files of a policy: the one named, or those of a folder. What a
// config file names is called *.cue, and is no other file of the repository.
func read(policy disk.Name) ([]source, error) {
	files, err := files(policy)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", policy, err)
	}
	var list []source
	for _, file := range files {
		data, err := file.Read(maxSize)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", file, err)
		}
		list = append(list, source{file.String(), data})
	}
	return list, nil
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

// line is a line of the file, counted from 1.
func (s source) line(n int) string {
	lines := strings.Split(string(s.data), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[n-1], "\r")
}

// parse reads the files.
func parse(sources []source) ([]*ast.File, error) {
	files := make([]*ast.File, len(sources))
	for i, s := range sources {
		file, err := parser.ParseFile(s.path, s.data, parser.ParseComments)
		if err != nil {
			return nil, broken(err, s.path)
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
		return &mistake{position(field.Pos()), fmt.Sprintf("%q is no service: %s; helpers begin with # or _", name, hint)}
	}
	return nil
}

// position writes file:line:column.
func position(pos token.Pos) string {
	p := pos.Position()
	return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
}
