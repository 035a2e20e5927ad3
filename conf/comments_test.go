package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestComments(t *testing.T) {
	tests := map[string]struct {
		kind Kind
		data string
		want map[int]string // by line
	}{
		"properties": {RuntimeProperties, "# a\n  ! b\nx=1 # c\ny=2\\\n# d\n", map[int]string{1: " a", 2: " b"}},
		"zoo.cfg":    {ZooConfig, "tickTime=2000\r\n#a\r\n", map[int]string{2: "a"}},
		"supervise":  {SuperviseConfig, "\t# a\n:verify x # b\n", map[int]string{1: " a"}},
		"yaml":       {PivotConfig, "# a\nport: 1 # b\n  # c\n", map[int]string{1: " a", 3: " c"}},
		"yaml text": {PivotConfig, "licence: |\n  # a\n\n   # b\nport: 1\n# c\n- >-\n # d\n# e\n",
			map[int]string{6: " c", 9: " e"}},
		"xml":          {HadoopXML, "<?xml version=\"1.0\"?>\n<!-- a\n b --><c>\n<![CDATA[<!-- d -->]]>\n<e f=\"<!-- g -->\"/></c>", map[int]string{2: " a\n b "}},
		"xml, entity":  {HadoopXML, "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;\n<!--d--></a>", map[int]string{3: "d"}},
		"xml, broken":  {HadoopXML, "<!--a--><b>\n<!--c-- d-->", map[int]string{1: "a"}},
		"xml, latin 1": {HadoopXML, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a>\xe4<!--\xf6--></a>", map[int]string{2: "ö"}},
		"json":         {TranquilityJSON, "{}\n# a", map[int]string{}},
		"jvm.config":   {JVMConfig, "# a\n-server", map[int]string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &File{Kind: test.kind, Data: []byte(test.data)}
			f.parse()
			got := map[int]string{}
			for _, c := range f.Comments() {
				got[c.Span.Start.Line] = c.Text
			}
			if name == "xml" {
				// A < may not stand in an attribute: the comment before it counts.
				require.Error(t, f.Err)
			}
			require.Equal(t, test.want, got)
		})
	}
}
