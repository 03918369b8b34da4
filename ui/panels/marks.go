package panels

import "github.com/donna-project/donnatop/themes"

// mark is the first cell of a row: the cursor, else a sign if the row has one.
func (v *view) mark(selected bool, sign string, p themes.Paint) cell {
	if selected {
		return cell{text: "›"}
	}
	return cell{text: sign, paint: p}
}
