package policy

import (
	"cuelang.org/go/cue"

	// What policies may import. Package cuecontext brings these and all others,
	// among them the whole of net/http and protobuf, whose initialisation every
	// run of the program would pay for.
	_ "cuelang.org/go/pkg/list"
	_ "cuelang.org/go/pkg/math"
	_ "cuelang.org/go/pkg/net"
	_ "cuelang.org/go/pkg/regexp"
	_ "cuelang.org/go/pkg/strconv"
	_ "cuelang.org/go/pkg/strings"
	_ "cuelang.org/go/pkg/struct"
	_ "cuelang.org/go/pkg/time"
)

// packages are those imported above.
var packages = []string{"list", "math", "net", "regexp", "strconv", "strings", "struct", "time"}

// newContext makes a context without cuecontext.
func newContext() *cue.Context {
	//lint:ignore SA1019 the only way to a context that does not link every package of CUE
	var r cue.Runtime
	//lint:ignore SA1019 as above
	empty, err := r.Compile("", "")
	if err != nil {
		panic(err)
	}
	//lint:ignore SA1019 as above
	return empty.Value().Context()
}
