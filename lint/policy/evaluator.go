package policy

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
)

// evaluator is a compiled policy.
type evaluator struct {
	sources []source
	ctx     *cue.Context
	clauses []clause
	// mentioned are the keys that the clauses name, below a service.
	mentioned [][]string
	// variants are the policy without some of its clauses, by their numbers: the
	// same mistakes come again in the next tree.
	variants map[string]cue.Value
	// names are the texts in the policy.
	names []string
}

func newEvaluator(sources []source) (*evaluator, error) {
	e := &evaluator{sources: sources, ctx: newContext(), variants: map[string]cue.Value{}}
	files, err := parse(sources)
	if err != nil {
		return nil, err
	}
	if e.clauses, err = clauses(e.sources, files, e.ctx); err != nil {
		return nil, err
	}
	e.mentioned, e.names = mentions(e.clauses), names(files)
	whole, err := e.without(nil)
	if err != nil {
		return nil, err
	}
	return e, e.contradiction(whole)
}

// contradiction finds what in a policy fails whatever the tree. Arithmetic on
// the values of a tree, which are not there yet, is no mistake.
func (e *evaluator) contradiction(whole cue.Value) error {
	for _, err := range errors.Errors(whole.Validate(cue.Concrete(false))) {
		if !strings.Contains(err.Error(), "requires concrete value") && !cue.IsIncomplete(err) {
			return broken(err, e.sources[0].Path)
		}
	}
	return nil
}

// maxVariants bounds what is kept of a policy with many clauses.
const maxVariants = 200

// without is the policy without the clauses of these numbers.
func (e *evaluator) without(lifted []int) (cue.Value, error) {
	slices.Sort(lifted)
	key := fmt.Sprint(lifted)
	if v, ok := e.variants[key]; ok {
		return v, nil
	}
	files, err := parse(e.sources)
	if err != nil {
		return cue.Value{}, err
	}
	list, _ := clauses(e.sources, files, e.ctx)
	for _, i := range lifted {
		list[i].field.Value = ast.NewIdent("_")
	}
	instance := build.NewContext().NewInstance("policy", nil)
	instance.PkgName = "policy"
	for _, file := range files {
		complete(file)
		if err := instance.AddSyntax(file); err != nil {
			return cue.Value{}, broken(err, e.sources[0].Path)
		}
	}
	v := e.ctx.BuildInstance(instance)
	if instance.Err != nil {
		return cue.Value{}, broken(instance.Err, e.sources[0].Path)
	}
	if len(e.variants) < maxVariants {
		e.variants[key] = v
	}
	return v, nil
}

// data is a view as CUE sees it: a service stands under its own name, and once
// more in services, where patterns find it.
func (e *evaluator) data(v *View) cue.Value {
	root := v.root()
	root["services"] = v.Services
	return e.ctx.Encode(root)
}
