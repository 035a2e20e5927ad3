package report

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEscapeProperty: as java.util.Properties.load reads it back.
func TestEscapeProperty(t *testing.T) {
	tests := []struct{ text, special, want string }{
		{"druid.x", ":= ", "druid.x"},
		{"a:b=c d", ":= ", `a\:b\=c\ d`},
		{"#a", ":= ", `\#a`},
		{`C:\segments`, "", `C:\\segments`},
		{" padded ", "", `\ padded `},
		{"a\tb\nc\rd", "", `a\tb\nc\rd`},
		{"/mnt/été", "", `/mnt/\u00e9t\u00e9`},
		{"😀", "", `\ud83d\ude00`},
		{`["-Xmx2g"]`, "", `["-Xmx2g"]`},
	}
	for _, test := range tests {
		require.Equal(t, test.want, escapeProperty(test.text, test.special))
	}
}

// TestFlagsStandAlone: what is below jvm.config's comments can be copied as one
// block, since a comment among the flags would be handed to java.
func TestFlagsStandAlone(t *testing.T) {
	require.Contains(t, renderPlan(t, PlanProperties, smallCluster(), PlanOptions{}),
		"\n-Xmx8g\n-XX:MaxDirectMemorySize=8g\n-XX:+ExitOnOutOfMemoryError\n-XX:+UseG1GC\n-Duser.timezone=UTC\n\n# historical/runtime.properties\n")
}
