package report

import (
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/sizing"
)

const planSchemaFile = "../../docs/plan.schema.json"

func validatePlan(t require.TestingT, text string) error {
	s, err := jsonschema.NewCompiler().Compile(planSchemaFile)
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	return s.Validate(document)
}

func TestPlanJSONMatchesSchema(t *testing.T) {
	for _, p := range []*sizing.Plan{smallCluster(), hostilePlan(), {}} {
		require.NoError(t, validatePlan(t, renderPlan(t, PlanJSON, p, PlanOptions{})))
	}
}

// TestPlanSchemaIsStrict makes one mistake at a time in a valid plan.
func TestPlanSchemaIsStrict(t *testing.T) {
	valid := renderPlan(t, PlanJSON, smallCluster(), PlanOptions{})
	mistakes := map[string][2]string{
		"other version":   {`"version": 1`, `"version": 2`},
		"unknown field":   {`"role": "data"`, `"role": "data", "weight": 1`},
		"missing source":  {`"source": "conf of Imply 2.7.8"`, `"because": ""`},
		"bytes as text":   {`"bytes": 8589934592`, `"bytes": "8 GiB"`},
		"bytes as float":  {`"memory": 65498251264`, `"memory": 65498251264.5`},
		"negative memory": {`"reserved": 4294967296`, `"reserved": -1`},
		"no inputs":       {`"inputs": []`, `"inputs": null`},
		"empty key":       {`"key": "-Xmx"`, `"key": ""`},
	}
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(valid, mistake[0], mistake[1], 1)
			require.NotEqual(t, valid, broken)
			require.Error(t, validatePlan(t, broken))
		})
	}
}

// TestPlanSchemaKnowsEveryField compares the fields of the document with the schema.
func TestPlanSchemaKnowsEveryField(t *testing.T) {
	s, err := jsonschema.NewCompiler().Compile(planSchemaFile)
	require.NoError(t, err)
	compare := func(s *jsonschema.Schema, value any) {
		var described []string
		for name, property := range s.Properties {
			described = append(described, name)
			require.NotEmpty(t, description(property), name)
		}
		require.ElementsMatch(t, fields(reflect.TypeOf(value)), described)
		require.Equal(t, false, s.AdditionalProperties)
	}
	item := func(s *jsonschema.Schema, name string) *jsonschema.Schema { return s.Properties[name].Items2020.Ref }
	server := item(s, "servers")
	machine, process := server.Properties["machine"].Ref, item(server, "processes")
	compare(s, planDoc{})
	compare(server, serverDoc{})
	compare(machine, machineDoc{})
	compare(item(machine, "disks"), diskDoc{})
	compare(item(server, "map"), partDoc{})
	compare(process, processDoc{})
	compare(item(process, "figures"), figureDoc{})
	compare(item(item(process, "figures"), "inputs"), inputDoc{})
}
