package config

import (
	"errors"
	"slices"
	"strings"
)

// Problem is one mistake in a config file.
type Problem struct {
	At  Origin
	Msg string
}

// Error gives the place and the message.
func (p Problem) Error() string { return p.At.String() + ": " + p.Msg }

// Problems are all mistakes of a file, in its order.
type Problems []Problem

// Error gives a line to each.
func (p Problems) Error() string { return errors.Join(p.Unwrap()...).Error() }

// Unwrap are the problems one by one.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, problem := range p {
		list[i] = problem
	}
	return list
}

// elsewhere are the problems that are not at a place.
func (p Problems) elsewhere(at Origin) Problems {
	return slices.DeleteFunc(p, func(problem Problem) bool { return problem.At == at })
}

// didYouMean names what was perhaps meant, or what there is to choose from.
func didYouMean(near string, options []string) string {
	if near != "" {
		return "did you mean " + near + "?"
	}
	return "write one of " + strings.Join(options, ", ")
}
