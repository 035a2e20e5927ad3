package schema_test

import (
	"fmt"
	"log"

	"github.com/implycheck/implycheck/schema"
)

// What a release knows of a property, and whether a text is a value of it.
func ExampleLookup() {
	target, err := schema.ParseTarget("imply-3.0.19")
	if err != nil {
		log.Fatal(err)
	}
	p, ok := schema.Lookup("druid.processing.numThreads")
	if !ok {
		log.Fatal("no such property")
	}
	fmt.Println(p.Type, p.ReadBy("historical"), p.ReadBy("router"))
	if d, ok := p.DefaultIn(target.Release); ok {
		fmt.Println(d.Formula)
	}
	if err := p.Check("all", target.Release); err != nil {
		fmt.Println(err)
	}
	// Output:
	// int true false
	// max(1, cores - 1)
	// expected a whole number
}

// What a misspelt property may have been meant to be.
func ExampleSuggest() {
	fmt.Println(schema.Suggest("druid.procesing.numThreads", schema.DefaultTarget.Release))
	// Output:
	// [druid.processing.numThreads]
}
