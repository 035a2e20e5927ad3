package syntax

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseSupervise(t *testing.T) {
	data := []byte(`:verify bin/verify-java
:notify bin/greet
:kill-timeout 10

  # !p10 old bin/run-zk conf
!p10 zk bin/run-zk conf
coordinator bin/run-druid coordinator conf
imply-ui	bin/run-imply-ui-quickstart conf-quickstart
!p95 tranq bin/tranquility kafka -configFile conf/tranquility/kafka.json
metrics java -Xmx2g -cp "lib/*" x.Main server -configFile conf/m.yaml # a comment
`)
	s := ParseSupervise(data)
	require.Empty(t, s.Errors)
	require.Len(t, s.Verifies, 1)
	require.Equal(t, "bin/verify-java", s.Verifies[0].Text)
	require.Equal(t, "bin/verify-java", spanText(t, data, s.Verifies[0].Span))
	require.Equal(t, "bin/greet", s.Notifies[0].Text)
	require.Equal(t, int64(10), s.KillTimeout.Seconds)
	require.True(t, s.KillTimeout.Number)
	require.Equal(t, "10", spanText(t, data, s.KillTimeout.Span))

	type row struct {
		Name, Program, Tool, Service, ConfDir, ConfFile string
		Order                                           int
		HasOrder                                        bool
	}
	var got []row
	for _, c := range s.Commands {
		require.Equal(t, c.Name, spanText(t, data, c.NameSpan))
		r := row{c.Name, c.Program, c.Tool, c.Service, "", "", c.Order, c.HasOrder}
		if c.ConfDir != nil {
			r.ConfDir = spanText(t, data, c.ConfDir.Span)
		}
		if c.ConfFile != nil {
			r.ConfFile = spanText(t, data, c.ConfFile.Span)
		}
		got = append(got, r)
	}
	require.Equal(t, []row{
		{"zk", "bin/run-zk", "run-zk", "", "conf", "", 10, true},
		{"coordinator", "bin/run-druid", "run-druid", "coordinator", "conf", "", 50, false},
		{"imply-ui", "bin/run-imply-ui-quickstart", "run-imply-ui-quickstart", "", "conf-quickstart", "", 50, false},
		{"tranq", "bin/tranquility", "tranquility", "", "", "conf/tranquility/kafka.json", 95, true},
		{"metrics", "java", "java", "", "", "conf/m.yaml", 50, false},
	}, got)
	require.Equal(t, "!p10 zk bin/run-zk conf", spanText(t, data, s.Commands[0].Span))
	require.Equal(t, []string{"java", "-Xmx2g", "-cp", "lib/*", "x.Main", "server", "-configFile", "conf/m.yaml"},
		texts(s.Commands[4].Words))
}

func TestSuperviseNames(t *testing.T) {
	for line, want := range map[string]struct {
		name  string
		order int
		text  string
	}{
		"zk cmd":                        {"zk", 50, "cmd"},
		" zk cmd":                       {" zk", 50, "cmd"}, // a blank is not a colon
		"!p80name cmd":                  {"!p80name", 50, "cmd"},
		"!p80 cmd":                      {"!p80", 50, "cmd"}, // the order is taken for the name
		"!p80 x cmd":                    {"!p80", 50, "x cmd"},
		"!p80  x cmd":                   {"x", 80, "cmd"}, // two blanks: one belongs to the name
		"!p80\tzk  cmd  a ":             {"zk", 80, "cmd  a "},
		"!p0 zk cmd":                    {"zk", 0, "cmd"},
		"!p99999999999999999999 zk cmd": {"zk", math.MaxInt, "cmd"},
		"zk\vcmd":                       {"zk", 50, "cmd"},
		"zk   ":                         {"zk", 50, " "},
		"z: cmd":                        {"z:", 50, "cmd"},
	} {
		s := ParseSupervise([]byte(line))
		require.Empty(t, s.Errors, line)
		require.Len(t, s.Commands, 1, line)
		c := s.Commands[0]
		require.Equal(t, want.name, c.Name, line)
		require.Equal(t, want.order, c.Order, line)
		require.Equal(t, want.text, c.Text, line)
	}
}

func TestSuperviseSyntaxErrors(t *testing.T) {
	for _, line := range []string{
		"zk", "z cmd", "zk ", "  zk cmd", ":verify", ":verify ", ":verifyx cmd", ":other cmd", ":: cmd", "!p10 zk",
	} {
		data := []byte("ab cmd\n" + line + "\r\n")
		s := ParseSupervise(data)
		if line == "zk " || line == ":verify " || line == "!p10 zk" {
			// The CR is a command, and `!p10` a name.
			require.Empty(t, s.Errors, line)
			continue
		}
		require.Len(t, s.Errors, 1, line)
		require.Equal(t, line, spanText(t, data, s.Errors[0].Span))
		require.Equal(t, 2, s.Errors[0].Span.Start.Line)
		require.Len(t, s.Commands, 1, line)
	}
}

func TestSuperviseKillTimeout(t *testing.T) {
	for text, want := range map[string]KillTimeout{
		"360":                  {Seconds: 360, Number: true},
		"10s":                  {Seconds: 10},
		"-5":                   {Seconds: -5},
		"PT5M":                 {},
		" 7 ":                  {Seconds: 7, Number: true},
		"99999999999999999999": {Seconds: math.MaxInt64, Number: true},
	} {
		got := ParseSupervise([]byte(":kill-timeout 1\n:kill-timeout " + text)).KillTimeout
		require.NotNil(t, got, text)
		require.Equal(t, want.Seconds, got.Seconds, text)
		require.Equal(t, want.Number, got.Number, text)
	}
	require.Nil(t, ParseSupervise(nil).KillTimeout)
}

func TestSuperviseCarriageReturns(t *testing.T) {
	data := []byte(":verify bin/v\r\nzk bin/run-zk conf\r\n\r\n# x\r\n")
	s := ParseSupervise(data)
	require.Empty(t, s.Errors)
	require.True(t, s.Verifies[0].CR)
	require.Equal(t, "bin/v", s.Verifies[0].Text)
	require.True(t, s.Commands[0].CR)
	require.Equal(t, "conf", s.Commands[0].ConfDir.Text)
	require.False(t, ParseSupervise([]byte("zk bin/run-zk conf\n")).Commands[0].CR)
}

func TestSuperviseShellWords(t *testing.T) {
	for command, want := range map[string][]string{
		`a  b	c`:              {"a", "b", "c"},
		`"a b"c 'd "e"' f\ g`: {"a bc", `d "e"`, "f g"},
		`"a\"b\$c\d"`:         {`a"b$c\d`},
		`'a\'b`:               {`a\b`},
		`a '' b`:              {"a", "", "b"},
		`a # b`:               {"a"},
		`a#b c`:               {"a#b", "c"},
		`a; b`:                {"a"},
		`a b>log 2>&1`:        {"a", "b"},
		`a&&b`:                {"a"},
		`$X "*"`:              {"$X", "*"},
		`a\`:                  {`a\`},
	} {
		s := ParseSupervise([]byte("zk " + command))
		require.Empty(t, s.Errors, command)
		require.Equal(t, want, texts(s.Commands[0].Words), command)
	}
	data := []byte(`zk bin/run-zk "conf`)
	s := ParseSupervise(data)
	require.Len(t, s.Errors, 1)
	require.Equal(t, 15, s.Errors[0].Span.Start.Column)
	require.Equal(t, "bin/run-zk", s.Commands[0].Program)
}

func TestSuperviseLauncherBehindAnother(t *testing.T) {
	s := ParseSupervise([]byte("ab env A=b ../bin/run-druid broker conf x\ncd bin/run-druid\nef sleep 5\nzk  \n"))
	c := s.Commands[0]
	require.Equal(t, "../bin/run-druid", c.Program)
	require.Equal(t, "broker", c.Service)
	require.Equal(t, "conf", c.ConfDir.Text)
	require.Empty(t, s.Commands[1].Service)
	require.Nil(t, s.Commands[1].ConfDir)
	require.Equal(t, "sleep", s.Commands[2].Program)
	require.Empty(t, s.Commands[3].Program, "nothing but blanks")
}

// TestCutSuperviseAsPerl compares with the expression itself, in Go's dialect:
// Perl's \s knows the vertical tab and Go's does not.
func TestCutSuperviseAsPerl(t *testing.T) {
	expression := regexp.MustCompile(`^(:verify|:notify|:kill-timeout|(?:!p[0-9]+[\s\v]+)?[^:][^\s\v]+)[\s\v]+(.+)$`)
	piece := rapid.SampledFrom([]string{":verify", ":notify", ":kill-timeout", "!p", "9", "12", " ", "\t", "\v", ":", "x", "é", "\xff", "name", "#"})
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "line"), "")
		end, rest, ok := cutSupervise(line)
		want := expression.FindStringSubmatchIndex(line)
		require.Equal(t, want != nil, ok, "%q", line)
		if ok {
			require.Equal(t, want[3:5], []int{end, rest}, "%q", line)
		}
	})
}
