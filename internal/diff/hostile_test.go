package diff

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/cputime"
)

// with is a small cluster with one more file.
func with(t *testing.T, name, text string) *conf.Tree {
	return tree(t, map[string]string{
		"conf/druid/_common/common.runtime.properties": "druid.zk.service.host=a\n",
		"conf/druid/broker/runtime.properties":         "druid.service=druid/broker\n",
		"conf/" + name:                                 text,
	})
}

// A secret is one in a comparison where the file shows that it is one, even an
// ordinary word.
func TestSecretWords(t *testing.T) {
	const pivot, log4j, jvm, hadoop = "pivot/config.yaml", "druid/_common/log4j2.xml", "zk/jvm.config", "druid/_common/core-site.xml"
	for name, c := range map[string]struct{ file, text string }{
		"flag and word":     {pivot, "port: 9095\nargs: [\"--password\", \"swordfish\"]\n"},
		"flag, next line":   {pivot, "port: 9095\nargs:\n  - --password\n  - swordfish\n"},
		"anchor":            {pivot, "port: 9095\npassword: &a swordfish\nb: *a\n"},
		"value before name": {pivot, "port: 9095\nx: [{value: swordfish, name: password}]\n"},
		"short":             {pivot, "port: 9095\nx: [{value: fis, name: password}]\n"},
		"escaped":           {pivot, "port: 9095\npassword: \"sword\\x66ish\"\n"},
		"a property":        {log4j, `<Configuration><Properties><Property name="password">swordfish</Property></Properties></Configuration>`},
		"an element":        {log4j, `<Configuration><Appenders><Password>swordfish</Password></Appenders></Configuration>`},
		"an entity":         {log4j, `<Configuration><Appenders><Password>&#115;wordfish</Password></Appenders></Configuration>`},
		"an attribute":      {log4j, `<Configuration><Appenders><X value="swordfish" name="password"/></Appenders></Configuration>`},
		"entity, attribute": {log4j, `<Configuration><Appenders><X name="password" value='sword&#102;ish'/></Appenders></Configuration>`},
		"quoted by java":    {jvm, "-Xmx1g\n-XX:OnError=\"wget --http-password swordfish\"\n"},
		"hadoop":            {hadoop, "<configuration><property><name>fs.s3a.secret.key</name><value>swordf&#105;sh</value></property></configuration>"},
	} {
		t.Run(name, func(t *testing.T) {
			other := strings.NewReplacer("ish", "ash", "&#105;sh", "&#97;sh", "fis,", "fas,").Replace(c.text)
			a, b := with(t, c.file, c.text), with(t, c.file, other)
			for _, pair := range [][2]*conf.Tree{{a, b}, {b, a}} {
				cluster := compared(t, pair[0], pair[1], quiet)
				text, err := json.Marshal(cluster)
				require.NoError(t, err)
				require.NotEmpty(t, cluster.Files, "the change is seen")
				require.NotRegexp(t, "wordf[ia]sh|[\" ]f[ia]s\\b", string(text))
				require.Contains(t, string(text), "****")
			}
		})
	}
}

// What a reader makes nothing of is compared by its bytes, and a template is none of
// the mistakes.
func TestHalfRead(t *testing.T) {
	const file, plain = "pivot/config.yaml", "password: a\n"
	for _, text := range []string{"password: {{ x }}\n", "port: 1\nx: {{ y }}\nz: \"\\x1b\"\n", "%s: x\n", "{% if a %}\nx: [\n{% endif %}\n"} {
		for _, pair := range [][2]string{{plain, text}, {text, plain}, {text, text + "# more\n"}} {
			compared(t, with(t, file, pair[0]), with(t, file, pair[1]), quiet)
		}
	}
	c := compared(t, with(t, file, plain), with(t, file, "password: {{ x }}\n"), quiet)
	require.Equal(t, []string{"pivot/config.yaml: changed file readable a template that is not filled in"}, said(c))
}

// Files as large as any may be are compared in the time that reading them takes.
func TestLinear(t *testing.T) {
	list := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ file, a, b string }{
		"an array": {"pivot/config.yaml", "x:\n" + list(12_000, "- {name: a%d}\n"), "x:\n" + list(12_000, "- {name: b%d}\n")},
		"an object": {"tranquility/kafka.json",
			`{"dataSources": {` + list(30_000, `"a%d":1,`) + `"z":1}}`, `{"dataSources": {` + list(30_000, `"b%d":1,`) + `"z":1}}`},
		"attributes": {"druid/_common/log4j2.xml", "<Configuration " + list(30_000, `a%d="x" `) + "/>", "<Configuration " + list(30_000, `b%d="x" `) + "/>"},
		"secrets":    {"druid/_common/log4j2.xml", "<Configuration><a " + list(20_000, `password%d="abc" `) + "/></Configuration>", "<Configuration><a " + list(20_000, `password%d="abd" `) + "/></Configuration>"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := with(t, c.file, c.a), with(t, c.file, c.b)
			spent := cputime.Of(func() { require.NotEmpty(t, compared(t, a, b, quiet).Files) })
			require.Less(t, spent, 4*time.Second)
		})
	}
}
