package conf

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMaskedLine: a reader knows more of a file than its bytes tell.
func TestMaskedLine(t *testing.T) {
	const (
		common     = "druid/_common/common.runtime.properties"
		overlord   = "druid/middleManager/runtime.properties"
		jvm        = "druid/broker/jvm.config"
		supervise  = "supervise/data.conf"
		tranquil   = "tranquility/server.json"
		log4j2     = "druid/_common/log4j2.xml"
		core       = "druid/_common/core-site.xml"
		javaOpts   = "druid.indexer.runner.javaOpts="
		log4jAbove = "<Configuration><Appenders>\n"
	)
	for _, tt := range []struct{ file, text, want string }{
		{common, "k.password=[a] hush7", "k.password=****"},
		{common, `#k.password={"type":"hush7"}`, `#k.password={"type":"****"}`},
		{common, "k.password=${env:X:-swordfish}", "k.password=${env:X:-****}"},
		{common, `druid.u=jdbc:mysql://h/d?password=a "hush7&x=y`, "druid.u=jdbc:mysql://h/d?password=****&x=y"},
		{common, `#druid.u=jdbc:mysql://h/d?password=a "hush7&x=y`, "#druid.u=jdbc:mysql://h/d?password=****&x=y"},
		{common, "druid.u=jdbc:oracle:thin:u/a hush7", "druid.u=jdbc:oracle:thin:u/****"},
		{common, "druid.u=https://u:a b\"hush7@h/x", "druid.u=https://u:****@h/x"},
		{common, `k.password\=hush7`, `k.password\=****`},
		{common, `k.password\u003dhush7`, `k.password\u003d****`},
		{common, `k.x=[{"value":"hush7","name":"password"}]`, `k.x=[{"value":"****","name":"password"}]`},
		{common, `k.x={"url":"jdbc:postgresql://u:a hush7@h/d","x":"y"}`, `k.x={"url":"jdbc:postgresql://u:****@h/d","x":"y"}`},
		{common, `k.x=["jdbc:sqlserver://h;password=a hush7;x=y"]`, `k.x=["jdbc:sqlserver://h;password=****;x=y"]`},
		{overlord, `druid.indexer.runner.javaOptsArray=["-Durl=jdbc:postgresql://u:a hush7@h/d"]`, `druid.indexer.runner.javaOptsArray=["-Durl=jdbc:postgresql://u:****@h/d"]`},
		{overlord, javaOpts + `-Xmx1g "-Dfoo.password=a hush7" -Dx=y`, javaOpts + `-Xmx1g "-Dfoo.password=****" -Dx=y`},
		{overlord, javaOpts + `-Durl="jdbc:mysql://h?password=a hush7" -Dx=y`, javaOpts + `-Durl="jdbc:mysql://h?password=****" -Dx=y`},
		{overlord, javaOpts + `-Dfoo.password=a<hush7 -Dx=y`, javaOpts + `-Dfoo.password=**** -Dx=y`},
		{jvm, `"-Dfoo.password=a hush7"`, `"-Dfoo.password=****"`},
		{jvm, `-Dfoo.password=a\ hush7\ b`, `-Dfoo.password=****`},
		{jvm, `-Dfoo.pass"wo"rd=hush7`, `-Dfoo.pass"wo"rd=****`},
		{jvm, `-Dfoo.password='a 'b" hush7"`, `-Dfoo.password=****`},
		{jvm, `-Durl="jdbc:mysql://h?password=a hush7"`, `-Durl="jdbc:mysql://h?password=****"`},
		{supervise, `x bin/x "-Dfoo.password=a hush7" -y`, `x bin/x "-Dfoo.password=****" -y`},
		{supervise, `x bin/x -Dfoo.password='a'"hush7" -y`, `x bin/x -Dfoo.password=**** -y`},
		{supervise, `x bin/x -Dfoo.password=a;hush7 -y`, `x bin/x -Dfoo.password=**** -y`},
		{supervise, `x env "PASSWORD=a hush7" bin/x -y`, `x env "PASSWORD=****" bin/x -y`},
		{supervise, `x curl -uu:hush7 http://h`, `x curl -uu:**** http://h`},
		{tranquil, `{"a":[{"value":"a hush7","name":"password"}],"x":"y"}`, `{"a":[{"value":"****","name":"password"}],"x":"y"}`},
		{tranquil, `{"pass\u0077ord":"hush7","x":"y"}`, `{"pass\u0077ord":"****","x":"y"}`},
		{log4j2, log4jAbove + `<Property name="password">a<hush7</Property>`, log4jAbove + `<Property name="password">****</Property>`},
		{log4j2, log4jAbove + `<SMTP Password = 'a>hush7' name="x"/>`, log4jAbove + `<SMTP Password = '****' name="x"/>`},
		{log4j2, log4jAbove + `<Property value = "a<hush7" name = "password"/>`, log4jAbove + `<Property value = "****" name = "password"/>`},
		{core, "<property><value>hush7</value><name>fs.s3a.secret.key</name></property>", "<property><value>****</value><name>fs.s3a.secret.key</name></property>"},
	} {
		dir := write(t, map[string]string{common: "a=b\n", "druid/broker/runtime.properties": "druid.service=druid/broker\n", tt.file: tt.text + "\n"})
		trees, err := Open(t.Context(), dir, Options{})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		i := slices.IndexFunc(trees[0].Files, func(f *File) bool { return strings.HasSuffix(f.Path, tt.file) })
		require.GreaterOrEqual(t, i, 0, tt.file)
		assert.Equal(t, tt.want, trees[0].Files[i].Masked(0, len(tt.text)), tt.text)
	}
}
