package report

import (
	"io"

	"github.com/implycheck/implycheck/conf/effective"
)

// effectiveDoc is the JSON shape of show, docs/effective.schema.json.
type effectiveDoc struct {
	Version   int                   `json:"version"`
	Target    string                `json:"target"`
	Processes []effectiveProcessDoc `json:"processes"`
}

type effectiveProcessDoc struct {
	Service string             `json:"service"`
	Dir     string             `json:"dir"`
	Values  []valueDoc         `json:"values"`
	Flags   []effectiveFlagDoc `json:"flags"`
}

// valueDoc has no value where that is not known: a formula that depends on the
// hardware.
type valueDoc struct {
	Key        string          `json:"key"`
	Value      *string         `json:"value,omitempty"`
	Reading    string          `json:"reading,omitempty"`
	Origin     originDoc       `json:"origin"`
	Overridden []overriddenDoc `json:"overridden"`
	Set        bool            `json:"set"`
	Unread     bool            `json:"unread"`
	Known      bool            `json:"known"`
	Secret     bool            `json:"secret"`
}

type originDoc struct {
	Kind    effective.Kind `json:"kind"`
	File    string         `json:"file,omitempty"`
	Line    int            `json:"line,omitempty"`
	Column  int            `json:"column,omitempty"`
	Formula string         `json:"formula,omitempty"`
}

type overriddenDoc struct {
	Value  string    `json:"value"`
	Origin originDoc `json:"origin"`
}

type effectiveFlagDoc struct {
	Flag    string    `json:"flag"`
	Reading string    `json:"reading,omitempty"`
	Origin  originDoc `json:"origin"`
}

// EffectiveJSON writes the contract of docs/effective.schema.json.
func EffectiveJSON(w io.Writer, s Effective) error {
	doc := effectiveDoc{Version: 1, Target: s.Target, Processes: []effectiveProcessDoc{}}
	for _, p := range s.Processes {
		process := effectiveProcessDoc{Service: p.Service, Dir: p.Dir, Values: []valueDoc{}, Flags: []effectiveFlagDoc{}}
		for _, v := range p.Values {
			process.Values = append(process.Values, newValueDoc(v))
		}
		for _, f := range p.Flags {
			at := originDoc{Kind: effective.JVM, File: f.File, Line: f.Line, Column: f.Column}
			process.Flags = append(process.Flags, effectiveFlagDoc{f.Text, f.Reading, at})
		}
		doc.Processes = append(doc.Processes, process)
	}
	return WriteJSON(w, doc)
}

func newValueDoc(v effective.Value) valueDoc {
	doc := valueDoc{
		Key: v.Key, Reading: v.Reading, Origin: newOriginDoc(v.Origin), Overridden: []overriddenDoc{},
		Set: v.Set, Unread: v.Unread, Known: v.Known, Secret: v.Secret,
	}
	if text := v.Text; text != "" || v.Origin.Kind != effective.Formula {
		doc.Value = &text
	}
	for _, o := range v.Overridden {
		doc.Overridden = append(doc.Overridden, overriddenDoc{o.Text, newOriginDoc(o)})
	}
	return doc
}

func newOriginDoc(o effective.Origin) originDoc {
	return originDoc{o.Kind, o.File, o.Line, o.Column, o.Formula}
}
