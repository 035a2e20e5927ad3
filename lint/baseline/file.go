package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/text"
)

// maxCount is more than there are findings alike in any file.
const maxCount = 1_000_000

// maxSize bounds a baseline: this one knows some 200,000 findings.
const maxSize = 64 << 20

// Load reads a baseline. Anything in it that is not understood is an error, with
// its place, and nothing of its text: who sees the error need not be who may read
// the file. An entry that does nothing would hide nothing.
func Load(file disk.Name) (*Baseline, error) {
	b, err := New(file)
	if err != nil {
		return nil, err
	}
	data, err := file.Read(maxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such baseline; implycheck baseline create writes one", file)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the baseline cannot be read: %w", file, err)
	}
	b.before = data
	return b, b.parse(data)
}

func (b *Baseline) parse(data []byte) error {
	var head struct {
		Version *int `json:"version"`
	}
	line, seen := 0, false
	for entry := range bytes.Lines(data) {
		line++
		entry = bytes.TrimRight(entry, "\r\n")
		if len(bytes.TrimSpace(entry)) == 0 {
			continue
		}
		if !seen {
			seen = true
			if column, err := decode(entry, &head); err != nil || head.Version == nil {
				return fmt.Errorf("%s:%d:%d: a baseline begins with {\"version\":%d}", b.Path, line, column, Version)
			}
			if *head.Version != Version {
				return fmt.Errorf("%s:%d:1: another version: this implycheck reads version %d", b.Path, line, Version)
			}
			continue
		}
		var e Entry
		if column, err := decode(entry, &e); err != nil {
			return fmt.Errorf("%s:%d:%d: %w", b.Path, line, column, err)
		}
		if e.Rule == "" || e.File == "" || e.Count < 0 || e.Count > maxCount {
			return fmt.Errorf("%s:%d:1: an entry has a rule, a file, and a count of 1 to %d", b.Path, line, maxCount)
		}
		e.at = finding.Location{
			File: filepath.ToSlash(b.Path), Line: line, Column: 1, EndLine: line, EndColumn: utf8.RuneCount(entry) + 1,
			Source: string(entry),
		}
		b.Entries = append(b.Entries, e)
	}
	if !seen {
		return fmt.Errorf("%s: the file is empty: a baseline begins with {\"version\":%d}", b.Path, Version)
	}
	return nil
}

// decode reads one line, strictly. An error comes with its column.
func decode(text []byte, v any) (column int, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err = d.Decode(v); err == nil {
		if d.More() {
			return int(d.InputOffset()) + 1, errors.New("an entry is one object in one line")
		}
		return 1, nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case unknown:
		return max(bytes.Index(text, []byte(name)), 0) + 1, unknownField(name)
	case errors.As(err, &syntax):
		return int(syntax.Offset), errors.New("not valid JSON")
	case errors.As(err, &kind):
		return int(kind.Offset), fmt.Errorf("%s cannot be a %s", strings.TrimPrefix(kind.Field, "Key."), kindOf(kind.Value))
	}
	return 1, errors.New("not valid JSON")
}

// kindOf is the kind of a value, of which encoding/json also quotes numbers.
func kindOf(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	return kind
}

func unknownField(quoted string) error {
	name, err := strconv.Unquote(quoted)
	if err != nil {
		name = quoted
	}
	if near, ok := text.Nearest(name, []string{"file", "rule", "service", "property", "source", "count", "reason"}); ok {
		return fmt.Errorf("unknown field: did you mean %s?", near)
	}
	return errors.New("unknown field")
}

// Write writes the file: whole, or not at all.
func (b *Baseline) Write() error {
	data := b.text()
	err := edit.Write(b.file, edit.File{Before: b.before, New: b.before == nil}, func(f *os.File) error {
		_, err := f.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("the baseline %w", err)
	}
	b.before = data
	return nil
}

func (b *Baseline) text() []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "{\"version\":%d}\n", Version)
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	for _, entry := range b.sorted() {
		if entry.Count == 1 {
			entry.Count = 0 // need not be said
		}
		_ = e.Encode(entry) // a buffer takes everything, and an entry holds only texts
	}
	return text.Bytes()
}
