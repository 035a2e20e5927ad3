package sizing_test

import (
	"fmt"
	"log"

	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// The direct memory that a Historical asks for at start, and why.
func ExampleDirectMemory() {
	d := sizing.DirectMemory(schema.DefaultTarget.Release, "historical", 512<<20, 7, 2)
	fmt.Println(text.Size(d.Bytes), "=", d.Formula)
	// Output:
	// 5 GiB = 512 MiB x (7 threads + 2 merge buffers + 1)
}

// What the processes of a Data server should be on some hardware.
func ExampleAdvise() {
	instance, err := sizing.LookupInstance("r4.2xlarge")
	if err != nil {
		log.Fatal(err)
	}
	plan, err := sizing.Advise(sizing.Request{
		Target:  schema.DefaultTarget,
		Servers: []sizing.ServerRequest{{Role: sizing.Data, Machine: instance.Machine()}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, server := range plan.Servers {
		for _, p := range server.Processes {
			fits := p.Heap+p.Direct <= server.Machine.Memory
			fmt.Println(server.Role, p.Service, fits)
		}
	}
	// Output:
	// data historical true
	// data middleManager true
}
