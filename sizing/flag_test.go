package sizing

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFigureFlag(t *testing.T) {
	for want, f := range map[string]Figure{
		"-Xmx8g":                     {Key: "-Xmx", Value: "8g"},
		"-XX:MaxDirectMemorySize=8g": {Key: "-XX:MaxDirectMemorySize", Value: "8g"},
		"-XX:+UseG1GC":               {Key: "-XX:+UseG1GC"},
		"-Duser.timezone=UTC":        {Key: "-Duser.timezone", Value: "UTC"},
		"-server":                    {Key: "-server"},
		"":                           {Key: "druid.worker.capacity", Value: "3"},
	} {
		require.Equal(t, want, f.Flag())
	}
}
