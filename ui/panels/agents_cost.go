package panels

import "github.com/donna-project/donnatop/data"

// agentsCostPanel shows what the runs of each skill and automation cost.
func agentsCostPanel() Panel {
	return Panel{
		ID: "agents_cost", Title: "Cost by agent", MinW: 22, MinH: 3,
		Status: dbStatusOf("30d"),
		Draw: drawingOf(agentsOf, func(v *view, f *data.Agents) {
			if f.CostByName == nil {
				v.say(tableLack(v.in, tableRuns))
				return
			}
			v.spendList("agent", f.CostByName, v.Styles.Series[0], lack{lackEmpty, "no runs in 30 days", ""}, func(name string) data.Behind {
				return data.BehindAgentCost(v.now(), name)
			})
		}),
	}
}

// agentsSpendPanel shows what the LLM calls of each task type cost, whoever made them.
func agentsSpendPanel() Panel {
	return Panel{
		ID: "agents_spend", Title: "LLM spend by caller", MinW: 22, MinH: 3,
		Status: dbWindowStatus,
		Draw: drawingOf(agentsOf, func(v *view, f *data.Agents) {
			amounts := f.LLMSpendByCaller[v.in.Window]
			if amounts == nil {
				v.say(dbLack(v.in, "cost_usd"))
				return
			}
			v.spendList("task type", amounts, v.Styles.Series[2], lack{lackEmpty, "no calls in " + v.in.Window, ""}, func(name string) data.Behind {
				return data.BehindSpend(v.window(v.in.Window), data.InvocationKeys{TaskType: &name})
			})
		}),
	}
}
