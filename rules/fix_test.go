package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/implycheck/implycheck/finding"
)

// A carriage return is a part of the flag before it, and no edit reaches it: a fix that
// deletes the flag would leave it to the flag of the line before.
func TestNoFixOfCarriageReturns(t *testing.T) {
	const name = "conf/druid/coordinator/jvm.config"
	fixOf := func(end string) *finding.Fix {
		for _, f := range lintOver(t, "", txtar.File{Name: name, Data: []byte("-server" + end + "-Dderby.stream.error.file=x" + end)}) {
			if f.Rule == "jvm-derby-log-unused" && f.File == name {
				require.Equal(t, [2]int{2, 1}, [2]int{f.Line, f.Column})
				return f.Fix
			}
		}
		t.Fatal("nothing found")
		return nil
	}
	require.NotNil(t, fixOf("\n"))
	require.Nil(t, fixOf("\r\n"))
}
