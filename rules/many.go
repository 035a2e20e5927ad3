package rules

import (
	"fmt"
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// mostAlike is how many findings of a rule and a severity a file may have. Nobody
// reads as many; a file that is made to have them fills memory instead.
const mostAlike = 500

// places are where rules have said something: a bit for each line of a file. A file
// may have as many as it has lines.
type places map[ruleFile][]uint64

type ruleFile struct{ file, rule string }

func (p places) add(file string, line int, rule string) {
	at := ruleFile{file, rule}
	if n := line/64 + 1 - len(p[at]); n > 0 {
		p[at] = append(p[at], make([]uint64, n)...)
	}
	p[at][line/64] |= 1 << (line % 64)
}

func (p places) has(file string, line int, rule string) bool {
	bits := p[ruleFile{file, rule}]
	return line/64 < len(bits) && bits[line/64]&(1<<(line%64)) != 0
}

// thinOut leaves the first findings of each file and severity, of the rule at work,
// and lets the last one say how many more there are. Of the others it is only known
// where they were.
func (p *Pass) thinOut() {
	if len(p.findings) <= mostAlike {
		return
	}
	type alike struct {
		file     string
		severity finding.Severity
	}
	count, last := map[alike]int{}, map[alike]*finding.Finding{}
	kept := p.findings[:0]
	for _, f := range p.findings {
		a := alike{f.File, f.Severity}
		if count[a]++; count[a] <= mostAlike {
			kept, last[a] = append(kept, f), f
			continue
		}
		p.left.add(f.File, f.Line, f.Rule)
	}
	for a, f := range last {
		if n := count[a] - mostAlike; n > 0 {
			f.More += n
		}
	}
	clear(p.findings[len(kept):])
	p.findings = kept
}

// sayMore puts the number of findings that were left out into the message.
func sayMore(f *finding.Finding) {
	if f.More > 0 {
		f.Message = fmt.Sprintf("%s (and %d more such findings in this file, which are left out)", strings.TrimSuffix(f.Message, "."), f.More)
	}
}
