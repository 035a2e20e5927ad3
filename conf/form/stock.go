package form

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// stockData is what the official image holds below /opt/druid/conf/druid, without
// comments: [FILE], and the lines of it. Before a line, or behind a file, stand the
// releases that have it, if not all do from 15 on.
//
//go:embed stock.txt
var stockData string

// oldestImage is the first release with an official image.

// stockLine is a line of some releases.
type stockLine struct {
	schema.Range
	text string
}

type stockFile struct {
	schema.Range
	lines []stockLine
}

// stock are the files by their path below conf/druid.
var stock = lazy.Value[map[string]*stockFile]{New: readStock}

func readStock() map[string]*stockFile {
	files := map[string]*stockFile{}
	var file *stockFile
	for line := range strings.Lines(stockData) {
		line = strings.TrimSuffix(line, "\n")
		if name, releases, ok := strings.Cut(strings.TrimPrefix(line, "["), "]"); ok && strings.HasPrefix(line, "[") {
			file = &stockFile{Range: stockRange(strings.TrimSpace(releases))}
			files[name] = file
			continue
		}
		l := stockLine{text: line}
		if releases, text, ok := strings.Cut(line, ": "); ok && line[0] >= '0' && line[0] <= '9' {
			l = stockLine{stockRange(releases), text}
		}
		file.lines = append(file.lines, l)
	}
	return files
}

// stockRange reads 15-23, or 24- for all since.
func stockRange(text string) (r schema.Range) {
	from, until, _ := strings.Cut(text, "-")
	if n, err := strconv.Atoi(from); err == nil {
		r.From = schema.Release(n)
	}
	if n, err := strconv.Atoi(until); err == nil {
		r.Until = schema.Release(n)
	}
	return r
}

// stockOf is a file of the image of a release, said to be at a place.
func stockOf(r schema.Release, file string, at Place) (Text, bool) {
	f := stock.Get()[file]
	if f == nil || !f.Has(r) {
		return Text{}, false
	}
	var b strings.Builder
	for _, l := range f.lines {
		if l.Has(r) {
			b.WriteString(l.text + "\n")
		}
	}
	return stockText(b.String(), at), true
}
