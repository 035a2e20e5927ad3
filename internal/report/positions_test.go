package report

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/finding"
)

// found is what every format for programs says of a finding. Most of them want
// a line and get 1 where there is none.
type found struct {
	file, rule   string
	line, column int
}

// A reader gets the findings back out of one format.
type reader func(t require.TestingT, text string) []found

var readers = map[string]reader{
	"checkstyle": readCheckstyle,
	"compact":    readLines(`^(.*):(?P<line>\d+):(?P<column>\d+): (?:error|warning|info): .* \[(.*)\]$`),
	"github":     readLines(`^::(?:error|warning|notice) file=([^,]*)(?:,line=(?P<line>\d+))?(?:,col=(?P<column>\d+))?,title=([^:]*)::.+$`),
	"gitlab":     readGitLab,
	"json":       readJSON,
	"junit":      readJUnit,
	"rdjson":     readRDJSON,
	"sarif":      readSARIF,
}

// TestEveryFormatSaysTheSame: as many findings as the report has, in the same
// places, whatever the texts hold; nothing that a terminal obeys.
func TestEveryFormatSaysTheSame(t *testing.T) {
	for _, f := range Formats {
		read, ok := readers[f.Name]
		if !ok {
			continue // for people
		}
		t.Run(f.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				r := reports(anyString()).Draw(t, "report")
				text := render(t, f.Write, r, Options{Rules: knownRules})
				requireVisible(t, text)
				require.ElementsMatch(t, expected(r, f.Name), read(t, text))
			})
		})
	}
}

// expected is what a format can say of the findings.
func expected(r *finding.Report, format string) []found {
	all := make([]found, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		all[i] = found{printable(fileOf(f)), printable(f.Rule), max(f.Line, 1), max(f.Column, 1)}
		switch format { // JSON holds every character but broken bytes, and so does a URI with them.
		case "json", "gitlab", "rdjson":
			all[i].file, all[i].rule = valid(fileOf(f)), valid(f.Rule)
		case "sarif":
			all[i].file, all[i].rule = fileOf(f), valid(f.Rule)
		}
		if format == "gitlab" || format == "rdjson" && (f.EndLine != f.Line || len(f.Source) != utf8.RuneCountInString(f.Source)) {
			all[i].column = 1 // It shows lines only.
		}
	}
	return all
}

func readRDJSON(t require.TestingT, text string) (list []found) {
	var report struct{ Diagnostics []rdDiagnostic }
	require.NoError(t, json.Unmarshal([]byte(text), &report))
	for _, d := range report.Diagnostics {
		at := found{d.Location.Path, d.Code.Value, 1, 1}
		if r := d.Location.Range; r != nil {
			at.line, at.column = r.Start.Line, max(r.Start.Column, 1)
		}
		list = append(list, at)
	}
	return list
}

func valid(text string) string { return string([]rune(text)) }

func oneAtLeast(text string) int {
	n, _ := strconv.Atoi(text)
	return max(n, 1)
}

func readLines(pattern string) reader {
	re := regexp.MustCompile(pattern)
	line, column := re.SubexpIndex("line"), re.SubexpIndex("column")
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	return func(t require.TestingT, text string) []found {
		var all []found
		for l := range strings.Lines(text) {
			l = strings.TrimSuffix(l, "\n")
			m := re.FindStringSubmatch(l)
			require.NotNil(t, m, l)
			if strings.HasPrefix(pattern, "^::") {
				m[1], m[4] = unescape.Replace(m[1]), unescape.Replace(m[4])
			}
			all = append(all, found{m[1], m[4], oneAtLeast(m[line]), oneAtLeast(m[column])})
		}
		return all
	}
}

func readCheckstyle(t require.TestingT, text string) []found {
	var document struct {
		Files []struct {
			Name   string `xml:"name,attr"`
			Errors []struct {
				Line   int    `xml:"line,attr"`
				Column int    `xml:"column,attr"`
				Source string `xml:"source,attr"`
			} `xml:"error"`
		} `xml:"file"`
	}
	require.NoError(t, xml.Unmarshal([]byte(text), &document))
	var all []found
	for _, file := range document.Files {
		for _, e := range file.Errors {
			all = append(all, found{file.Name, strings.TrimPrefix(e.Source, "implycheck."), e.Line, max(e.Column, 1)})
		}
	}
	return all
}

func readJUnit(t require.TestingT, text string) []found {
	var document struct {
		Suites []struct {
			Cases []struct {
				Class string `xml:"classname,attr"`
				Name  string `xml:"name,attr"`
				Inner string `xml:",innerxml"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal([]byte(text), &document))
	name := regexp.MustCompile(`^(.*?):(\d+):(\d+)(?: \(.*\))?$`)
	var all []found
	for _, suite := range document.Suites {
		for _, c := range suite.Cases {
			if c.Inner == "" {
				continue // a tree without findings
			}
			m := name.FindStringSubmatch(c.Name)
			require.NotNil(t, m, c.Name)
			all = append(all, found{m[1], c.Class, oneAtLeast(m[2]), oneAtLeast(m[3])})
		}
	}
	return all
}

func readJSON(t require.TestingT, text string) []found {
	var document finding.Report
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	var all []found
	for i := range document.Findings {
		f := &document.Findings[i]
		all = append(all, found{fileOf(f), f.Rule, max(f.Line, 1), max(f.Column, 1)})
	}
	return all
}

func readGitLab(t require.TestingT, text string) []found {
	var issues []gitlabIssue
	require.NoError(t, json.Unmarshal([]byte(text), &issues))
	var all []found
	taken := map[string]bool{}
	for _, issue := range issues {
		require.False(t, taken[issue.Fingerprint])
		taken[issue.Fingerprint] = true
		all = append(all, found{issue.Location.Path, issue.CheckName, issue.Location.Lines.Begin, 1})
	}
	return all
}

func readSARIF(t require.TestingT, text string) []found {
	var all []found
	for _, result := range resultsOf(t, text) {
		if len(result.Suppressions) > 0 {
			continue
		}
		place := result.Locations[0].Physical
		file, err := url.Parse(place.Artifact.URI)
		require.NoError(t, err)
		f := found{path.Clean(file.Path), result.RuleID, 1, 1}
		if place.Region != nil {
			f.line, f.column = place.Region.StartLine, max(place.Region.StartColumn, 1)
			require.Positive(t, f.line)
		}
		all = append(all, f)
	}
	return all
}

// resultsOf reads the results of the only run.
func resultsOf(t require.TestingT, text string) []sarifResult {
	var document struct {
		Runs []struct{ Results []sarifResult }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	require.Len(t, document.Runs, 1)
	return document.Runs[0].Results
}

// TestFormatsAreRead: a new format for programs gets a reader here.
func TestFormatsAreRead(t *testing.T) {
	people := []string{"html", "markdown", "pr-comment", "text"}
	for _, f := range Formats {
		require.True(t, readers[f.Name] != nil || slices.Contains(people, f.Name), f.Name)
	}
}
