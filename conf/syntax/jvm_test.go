package syntax

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func flagsOf(text string) []Flag {
	return ParseFlags(ParseArgs([]byte(text)).Words)
}

func TestParseFlags(t *testing.T) {
	const g = int64(1) << 30
	for text, want := range map[string]Flag{
		"-Xmx8g":                       {Kind: Size, Name: "Xmx", Value: "8g", HasValue: true, Bytes: 8 * g, BytesOK: true},
		"-Xms2gb":                      {Kind: Size, Name: "Xms", Value: "2gb", HasValue: true},
		"-Xmn":                         {Kind: Size, Name: "Xmn"},
		"-Xss512k":                     {Kind: Size, Name: "Xss", Value: "512k", HasValue: true, Bytes: 512 << 10, BytesOK: true},
		"-XX:MaxDirectMemorySize=4096": {Kind: Size, Name: "MaxDirectMemorySize", Value: "4096", HasValue: true, Bytes: 4096, BytesOK: true},
		"-XX:MaxDirectMemorySize":      {Kind: Size, Name: "MaxDirectMemorySize"},
		"-XX:+UseG1GC":                 {Kind: Toggle, Name: "UseG1GC", On: true},
		"-XX:-UseG1GC":                 {Kind: Toggle, Name: "UseG1GC"},
		"-XX:ParallelGCThreads=8":      {Kind: Option, Name: "ParallelGCThreads", Value: "8", HasValue: true},
		"-XX:":                         {Kind: Option},
		"-Duser.timezone=UTC":          {Kind: SystemProperty, Name: "user.timezone", Value: "UTC", HasValue: true},
		"-Da=b=c":                      {Kind: SystemProperty, Name: "a", Value: "b=c", HasValue: true},
		"-Da=":                         {Kind: SystemProperty, Name: "a", HasValue: true},
		"-Da":                          {Kind: SystemProperty, Name: "a"},
		"-server":                      {Kind: Standard, Name: "server"},
		"-xmx1g":                       {Kind: Standard, Name: "xmx1g"},
		"-verbose:gc":                  {Kind: Standard, Name: "verbose", Value: "gc", HasValue: true},
		"-Xlog:gc*:file=x":             {Kind: Standard, Name: "Xlog", Value: "gc*:file=x", HasValue: true},
		"-javaagent:x.jar=a:b":         {Kind: Standard, Name: "javaagent", Value: "x.jar=a:b", HasValue: true},
		"-agentlib:jdwp=transport=x":   {Kind: Standard, Name: "agentlib", Value: "jdwp=transport=x", HasValue: true},
		"--add-opens=java.base/x=ALL":  {Kind: Standard, Name: "add-opens", Value: "java.base/x=ALL", HasValue: true},
		"-":                            {Kind: Standard},
		"@more.args":                   {Kind: ArgFile, Name: "@", Value: "more.args", HasValue: true},
		"@@x":                          {Kind: Other},
		"#":                            {Kind: Other},
		"org.apache.druid.cli.Main":    {Kind: Other},
	} {
		flags := flagsOf(text)
		require.Len(t, flags, 1, text)
		require.Equal(t, text, flags[0].Text)
		flags[0].Word = Word{}
		require.Equal(t, want, flags[0], text)
	}
}

func TestParseFlagsTakesTheFollowingWord(t *testing.T) {
	flags := flagsOf("-cp a:b --add-opens java.base/x=ALL -server -cp")
	require.Len(t, flags, 4)
	require.Equal(t, "a:b", flags[0].Value)
	require.Equal(t, "java.base/x=ALL", flags[1].Value)
	require.Equal(t, "server", flags[2].Name)
	require.False(t, flags[3].HasValue, "nothing follows")
}

func TestLastFlagWins(t *testing.T) {
	flags := flagsOf("-Xmx1g -XX:+UseG1GC -Xms1g -XX:MaxHeapSize=3g -Xmx2g -XX:-UseG1GC -DXmx=x")
	flag, ok := LastFlag(flags, Size, "Xmx")
	require.True(t, ok)
	require.Equal(t, "2g", flag.Value)
	flag, _ = LastFlag(flags, Toggle, "UseG1GC")
	require.False(t, flag.On)
	flag, _ = LastFlag(flags[:4], Size, "Xmx", "MaxHeapSize")
	require.Equal(t, "3g", flag.Value, "another spelling of the same")
	_, ok = LastFlag(flags, Size, "MaxDirectMemorySize")
	require.False(t, ok)
}

func TestParseJVMSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1, "08k": 8192, "1k": 1024, "1K": 1024, "3m": 3 << 20, "2G": 2 << 30, "1t": 1 << 40, "1T": 1 << 40,
		"9223372036854775807": 1<<63 - 1, "8388607t": 8388607 << 40,
	} {
		got, err := ParseJVMSize(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "g", "-1g", "+1g", " 1g", "1g ", "1gb", "1.5g", "1 g", "0x10", "1p", "1_0", "1\u212a",
		"9223372036854775808", "8388608t", "99999999999999999999g",
	} {
		got, err := ParseJVMSize(text)
		require.Error(t, err, text)
		require.Zero(t, got, text)
	}
}

func TestSplitJavaOpts(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		" \t\n":                         nil,
		"-server -Xmx2g":                {"-server", "-Xmx2g"},
		` -a   "b c"  -d`:               {"-a", `"b c"`, "-d"},
		`-Dx="a b"c d`:                  {`-Dx="a b"c`, "d"},
		`a "b c`:                        {"a", `"b c`},
		"a'b c'":                        {"a'b", "c'"},
		"a\u2003b\u00a0c\u2007d\u3000e": {"a", "b\u00a0c\u2007d", "e"},
		"é\u0085é":                      {"é", "é"},
		"a\xff b":                       {"a\xff", "b"},
	} {
		require.Equal(t, want, SplitJavaOpts(text), "%q", text)
	}
}
