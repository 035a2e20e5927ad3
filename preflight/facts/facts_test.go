package facts

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each kind of question has an answer of its own, and no other is one.
func TestAnswers(t *testing.T) {
	t.Parallel()
	kinds := 0
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Question]()) {
		if field.Type.Kind() != reflect.Pointer {
			continue
		}
		kinds++
		var q Question
		reflect.ValueOf(&q).Elem().FieldByName(field.Name).Set(reflect.New(field.Type.Elem()))
		require.False(t, Answer{}.Answers(&q), field.Name)
		for _, other := range reflect.VisibleFields(reflect.TypeFor[Question]()) {
			if other.Type.Kind() == reflect.Pointer {
				var a Answer
				said := reflect.ValueOf(&a).Elem().FieldByName(other.Name)
				said.Set(reflect.New(said.Type().Elem()))
				require.Equal(t, other.Name == field.Name, a.Answers(&q), "%s %s", field.Name, other.Name)
			}
		}
	}
	require.Greater(t, kinds, 10)
}
