package syntax

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseXML(t *testing.T) {
	data := []byte(`<?xml version="1.0" encoding="UTF-8" ?>
<!-- a comment -->
<Configuration status="WARN" xmlns:x="urn:x">
  <Appenders>one<Console name="C&amp;A"/>two</Appenders>
  <x:Loggers><![CDATA[<é>]]></x:Loggers>
</Configuration>
`)
	root, err := ParseXML(data)
	require.Nil(t, err)
	require.Equal(t, "Configuration", root.Name)
	require.False(t, root.HasDoctype)
	status, ok := root.Attr("status")
	require.True(t, ok)
	require.Equal(t, "WARN", status)
	_, ok = root.Attr("none")
	require.False(t, ok)
	require.Len(t, root.Children, 2)

	appenders, ok := root.Child("Appenders")
	require.True(t, ok)
	require.Equal(t, "onetwo", appenders.Text)
	require.Equal(t, `<Console name="C&amp;A"/>`, spanText(t, data, appenders.Children[0].Span))
	name, _ := appenders.Children[0].Attr("name")
	require.Equal(t, "C&A", name)

	loggers, _ := root.Child("Loggers")
	require.Equal(t, "<é>", loggers.Text)
	require.Equal(t, "<x:Loggers><![CDATA[<é>]]></x:Loggers>", spanText(t, data, loggers.Span))
	require.Equal(t, 5, loggers.Span.Start.Line)
	_, ok = root.Child("none")
	require.False(t, ok)
}

func TestParseXMLDoctype(t *testing.T) {
	root, err := ParseXML([]byte(`<!DOCTYPE a SYSTEM "a.dtd" [<!ENTITY e "x"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&e;-&f;</a>`))
	require.Nil(t, err)
	require.True(t, root.HasDoctype)
	require.Equal(t, "&e;-&f;", root.Text, "nothing is expanded")
}

func TestParseXMLLatin1(t *testing.T) {
	data := []byte("<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\xe9\xe9'><b>\xfc</b></a>")
	root, err := ParseXML(data)
	require.Nil(t, err)
	b := root.Children[0]
	require.Equal(t, "ü", b.Text)
	require.Equal(t, "<b>\xfc</b>", spanText(t, data, b.Span))
}

func TestParseXMLPlainDirectivesAndASCII(t *testing.T) {
	root, err := ParseXML([]byte("<?xml version='1.0' encoding='US-ASCII'?><!NOTHING><a/>"))
	require.Nil(t, err)
	require.False(t, root.HasDoctype)
}

func TestParseXMLByteOrderMark(t *testing.T) {
	_, err := ParseXML([]byte("\ufeff<?xml version='1.0'?><a/>"))
	require.Nil(t, err)
}

func TestParseXMLErrors(t *testing.T) {
	for _, c := range []struct {
		text, msg    string
		line, column int
	}{
		{"", "no element", 1, 1},
		{"<!-- x -->", "no element", 1, 1},
		{"<a>\n <b>\n</a>", "closed by </a>", 3, 5},
		{"<a>\n <b>", "never closed: b", 2, 2},
		{"<a/>\n<b/>", "a second root element", 2, 1},
		{"<a/>\nx", "text outside", 2, 1},
		{"<a>p&ass</a>", "an & that begins no known entity", 1, 5},
		{"<a>&nbsp;</a>", "an & that begins no known entity", 1, 4},
		{"<a x=1/>", "unquoted or missing attribute value", 1, 7},
		{"<a x='1' x='2'/>", "written twice", 1, 1},
		{"<a>\ufffd\xff</a>", "not UTF-8", 1, 5},
		{"<!DOCTYPE a [", "unexpected EOF", 1, 14},
		{"<?xml version='1.0' encoding='UTF-16'?><a/>", "the encoding UTF-16 is not supported", 1, 40},
		{strings.Repeat("<a>", maxDepth+1), "nested too deep", 1, 601},
		{"<a>" + strings.Repeat("<b/>", MaxValues) + "</a>", "too many elements", 1, 399_996 + 4},
	} {
		data := []byte(c.text)
		root, err := ParseXML(data)
		require.Nil(t, root)
		require.NotNil(t, err, "%.50s", c.text)
		require.Contains(t, err.Msg, c.msg)
		require.NotContains(t, err.Msg, "ass")
		require.Equal(t, [2]int{c.line, c.column}, [2]int{err.Span.Start.Line, err.Span.Start.Column}, "%.50s", c.text)
	}
}

func TestHadoopProperties(t *testing.T) {
	data := []byte(`<configuration>
  <property><name> fs.defaultFS </name><value>hdfs://nn:8020</value></property>
  <property><name>b</name><value> x </value><final>true</final><description>d</description></property>
  <property><value>no name</value></property>
  <configuration><property><name>c</name></property></configuration>
  <other/>
</configuration>`)
	root, err := ParseXML(data)
	require.Nil(t, err)
	got := HadoopProperties(root)
	require.Equal(t, "<property><name>b</name>", spanText(t, data, got[1].Span)[:24])
	require.Equal(t, " x ", spanText(t, data, got[1].ValueSpan))
	for i := range got {
		got[i].Span, got[i].ValueSpan = Span{}, Span{}
	}
	require.Equal(t, []HadoopProperty{
		{Name: "fs.defaultFS", Value: "hdfs://nn:8020"},
		{Name: "b", Value: " x ", Final: true},
		{Name: "c"},
	}, got)
	require.Nil(t, HadoopProperties(nil))
	require.Nil(t, HadoopProperties(&Element{Name: "other"}))
}

// The texts of elements and attributes are found where they are written.
func TestXMLTextSpans(t *testing.T) {
	data := []byte("<a x = '1\"=' y=\"a=b>&lt;é\"\n z=\"\">  one<b/>\n<![CDATA[two]]> <c/>\n</a>")
	root, err := ParseXML(data)
	require.Nil(t, err)
	for i, want := range []string{`1"=`, "a=b>&lt;é", ""} {
		require.Equal(t, want, spanText(t, data, root.Attrs[i].Span))
	}
	require.Equal(t, "  one<b/>\n<![CDATA[two]]>", spanText(t, data, root.TextSpan))
	require.Equal(t, Span{}, root.Children[0].TextSpan)
}
