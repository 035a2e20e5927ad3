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
	"github.com/implycheck/implycheck/internal/edit"
	"github.com/implycheck/implycheck/internal/text"
)

// maxCount is more than there are findings alike in any file.
const maxCount = 1_000_000

// Load reads a baseline. Anything in it that is not understood is an error,
// with its place: an entry that does nothing would hide nothing.
func Load(path string) (*Baseline, error) {
	b, err := New(path)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such baseline; implycheck baseline create writes one", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the baseline cannot be read: %w", path, pathless(err))
	}
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
				return fmt.Errorf("%s:%d:1: version %d: this implycheck reads version %d", b.Path, line, *head.Version, Version)
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
		return int(syntax.Offset), fmt.Errorf("not valid JSON: %s", syntax.Error())
	case errors.As(err, &kind):
		return int(kind.Offset), fmt.Errorf("%s cannot be a %s", strings.TrimPrefix(kind.Field, "Key."), kind.Value)
	}
	return 1, fmt.Errorf("not valid JSON: %w", err)
}

func unknownField(quoted string) error {
	name, err := strconv.Unquote(quoted)
	if err != nil {
		name = quoted
	}
	if near, ok := text.Nearest(name, []string{"file", "rule", "service", "property", "source", "count", "reason"}); ok {
		return fmt.Errorf("unknown field %q: did you mean %s?", name, near)
	}
	return fmt.Errorf("unknown field %q", name)
}

// Write writes the file: whole, or not at all.
func (b *Baseline) Write() error {
	err := edit.Write(b.Path, func(f *os.File) error {
		_, err := f.Write(b.text())
		return err
	})
	if err != nil {
		return fmt.Errorf("the baseline %w", err)
	}
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

// pathless is an error without the path, which has been said.
func pathless(err error) error {
	var wrapped *fs.PathError
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
