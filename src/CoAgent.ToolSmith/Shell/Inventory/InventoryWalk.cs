using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>Walks a tree in the order in which a shell would, along both outcomes of every command.</summary>
internal sealed partial class InventoryWalk(ParseLimits limits)
{
    /// <summary>How many things one line may do; more is opaque.</summary>
    internal const int ItemsMax = 4096;

    /// <summary>How deep texts and functions may lie in each other.</summary>
    internal const int DepthMax = 12;

    private readonly ImmutableArray<InventoryItem>.Builder _items = ImmutableArray.CreateBuilder<InventoryItem>();
    private readonly List<Command> _running = [];
    private readonly List<(string Text, CommandUse Use, ShellState State, WalkContext Context)> _traps = [];
    private int _subshells;
    private int _depth;
    private bool _isFull;

    public ImmutableArray<InventoryItem> Items => _items.ToImmutable();

    public Flow Walk(StatementList list, ShellState state, WalkContext context)
    {
        var flow = Flow.Both(state);
        var ends = false;
        foreach (var statement in list.Statements)
        {
            var before = state;
            flow = Walk(statement, before, context);
            ends |= flow.Ends;
            state = flow.After(before);
            if (state.MayEndOnFailure && !context.IsLookedAt && !statement.IsBackground)
            {
                // Only a command whose outcome nobody looks at ends the shell; then the next one runs after a success alone.
                var isCertain = state.EndsOnFailure && statement.Rest.IsEmpty && !statement.First.IsNegated;
                state = isCertain ? flow.Success ?? state : state;
                state = state.MayHaveEnded ? state : state with { MayHaveEnded = true };
            }
        }

        return flow with { Ends = ends };
    }

    private Flow Walk(Statement statement, ShellState state, WalkContext context)
    {
        if (statement.IsBackground)
        {
            WalkChain(statement, state, Subshell(context) with { IsBackground = true });
            return Flow.Both(state);
        }

        return WalkChain(statement, state, context);
    }

    private Flow WalkChain(Statement statement, ShellState state, WalkContext context)
    {
        if (statement.Rest.IsEmpty)
        {
            return Walk(statement.First, state, context);
        }

        var flow = Walk(statement.First, state, context with { IsLookedAt = true });
        for (var index = 0; index < statement.Rest.Length; index++)
        {
            var link = statement.Rest[index];
            var entry = link.OnSuccess ? flow.Success : flow.Failure;
            var isLookedAt = context.IsLookedAt || index < statement.Rest.Length - 1;
            var next = Walk(link.Pipeline, entry ?? flow.After(state), context with { MayBeSkipped = true, IsLookedAt = isLookedAt });
            var ends = flow.Ends || next.Ends;
            flow = entry is null ? flow with { Ends = ends }
                : link.OnSuccess ? new Flow(next.Success, Flow.Join(flow.Failure, next.Failure), ends)
                : new Flow(Flow.Join(flow.Success, next.Success), next.Failure, ends);
        }

        return flow;
    }

    private Flow Walk(Pipeline pipeline, ShellState state, WalkContext context)
    {
        switch (pipeline.Stages)
        {
            case []:
                return Flow.Both(state);
            case [var only]:
                var flow = Walk(only.Command, state, pipeline.IsNegated ? context with { IsLookedAt = true } : context);
                return pipeline.IsNegated ? new Flow(flow.Failure, flow.Success, flow.Ends) : flow;
        }

        foreach (var stage in pipeline.Stages)
        {
            Walk(stage.Command, state, Subshell(context));
        }

        return Flow.Both(state);
    }

    private Flow Walk(Command command, ShellState state, WalkContext context)
    {
        if (_isFull)
        {
            return Flow.Both(state);
        }

        if (command is Command.Simple simple)
        {
            return WalkSimple(simple, state, context);
        }

        state = WalkRedirections(command, state, context);
        return command switch
        {
            Command.Group group => Walk(group.Body, state, context),
            Command.Subshell subshell => WalkApart(subshell.Body, state, context),
            Command.If conditional => WalkIf(conditional, state, context),
            Command.While loop => WalkLoop(loop, [loop.Condition, loop.Body], state, context),
            Command.For loop => WalkFor(loop, state, context),
            Command.ArithmeticFor loop => WalkLoop(loop, [loop.Body], Expand(loop.Expressions, state, context), context),
            Command.Case choice => WalkCase(choice, state, context),
            Command.Conditional test => WalkTest(test, state, context),
            Command.Arithmetic sum => Flow.Both(ArithmeticNames.Forget(sum.Expression, Expand(sum.Expression, state, context))),
            Command.Function function => Define(function, state, context),
            Command.Coprocess coprocess => WalkCoprocess(coprocess, state, context),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is no command."),
        };
    }

    private WalkContext Subshell(WalkContext context) => context with { Subshell = ++_subshells };

    private Flow WalkApart(StatementList body, ShellState state, WalkContext context)
    {
        Walk(body, state, Subshell(context));
        return Flow.Both(state);
    }

    private Flow WalkCoprocess(Command.Coprocess coprocess, ShellState state, WalkContext context)
    {
        Walk(coprocess.Body, state, Subshell(context) with { IsBackground = true });
        return Flow.Both(state with { Knowledge = state.Knowledge.Forget(coprocess.Name?.Plain ?? "COPROC") });
    }

    private Flow Define(Command.Function function, ShellState state, WalkContext context)
    {
        if (function.Name.Plain is not { } name)
        {
            AddOpaque("a function's name is not known", function.Span, state, context);
            return Flow.Both(state.ForgetAll());
        }

        return Flow.Both(state with { Functions = state.Functions.SetItem(name, function.Body) });
    }

    private void AddOpaque(string reason, SourceSpan span, ShellState state, WalkContext context) =>
        Add(new InventoryItem.Opaque(reason, context.Site(span, state)));

    private void Add(InventoryItem item)
    {
        if (_items.Count < ItemsMax)
        {
            _items.Add(item);
        }
        else if (!_isFull)
        {
            _isFull = true;
            _items.Add(new InventoryItem.Opaque($"the line does more than {ItemsMax} things", item.Site));
        }
    }
}
