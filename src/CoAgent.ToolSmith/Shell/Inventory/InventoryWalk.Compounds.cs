using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    /// <summary>How many words of a loop are followed one by one.</summary>
    private const int RoundsMax = 16;

    private Flow WalkIf(Command.If conditional, ShellState state, WalkContext context)
    {
        ShellState? result = null;
        ShellState? entry = state;
        var ends = false;
        foreach (var branch in conditional.Branches)
        {
            var start = entry ?? state;
            var test = Walk(branch.Condition, start, context with { IsLookedAt = true });
            context = context.Skippable;
            var body = Walk(branch.Body, test.Success ?? test.After(start), context);
            ends |= test.Ends || body.Ends;
            result = Flow.Join(result, Flow.Join(body.Success, body.Failure));
            entry = test.Failure;
        }

        if (conditional.Else is { } otherwise)
        {
            var body = Walk(otherwise, entry ?? state, context);
            ends |= body.Ends;
            entry = Flow.Join(body.Success, body.Failure);
        }

        result = Flow.Join(result, entry);
        return new Flow(result, result, ends);
    }

    private Flow WalkCase(Command.Case choice, ShellState state, WalkContext context)
    {
        state = Expand(choice.Subject, state, context);
        var result = state;
        var entry = state;
        var ends = false;
        foreach (var branch in choice.Branches)
        {
            context = context.Skippable;
            entry = Expand(branch.Patterns, entry, context);
            var body = Walk(branch.Body, entry, context);
            ends |= body.Ends;
            var after = body.After(entry);
            result = Flow.Join(result, Flow.Join(body.Success, body.Failure)) ?? result;

            // What falls through, or tries the next pattern, may have run this body first.
            entry = branch.End == CaseEnd.Break ? state : state.Merge(after);
        }

        return new Flow(result, result, ends);
    }

    /// <summary>A loop: what one round changes is unknown in every round, and after.</summary>
    private Flow WalkLoop(Command loop, ImmutableArray<StatementList> parts, ShellState state, WalkContext context)
    {
        var changes = ShellChanges.Of(loop, state.Functions);
        state = changes.Forget(state);
        context = context with { MayRepeat = true };
        var ends = changes.Ends;
        foreach (var part in parts)
        {
            var isCondition = parts.Length > 1 && part == parts[0];
            var flow = Walk(part, state, isCondition ? context with { IsLookedAt = true } : context.Skippable);
            ends |= flow.Ends;
        }

        return new Flow(state, state, ends);
    }

    private Flow WalkFor(Command.For loop, ShellState state, WalkContext context)
    {
        if (loop.Words is not { } words || loop.IsSelect)
        {
            state = Expand(loop.Words ?? [], state, context);
            return WalkLoop(loop, [loop.Body], Forget(state, loop.Name), context);
        }

        state = Expand(words, state, context);
        var evaluator = new WordEvaluator(state.Knowledge);
        ImmutableArray<FieldValue> fields = [.. words.SelectMany(word => evaluator.Fields(word))];
        if (fields.Any(static field => field is FieldValue.Pattern))
        {
            Add(new InventoryItem.Expanded(fields, context.Site(loop.Span, state)));
        }

        if (fields.Length > RoundsMax || fields.Any(static field => field is not (FieldValue.Text or FieldValue.Pattern)))
        {
            return WalkLoop(loop, [loop.Body], Forget(state, loop.Name), context);
        }

        return WalkRounds(loop, fields, state, context);
    }

    /// <summary>One round for each word that is known; a pattern's round stands for one for each match.</summary>
    private Flow WalkRounds(Command.For loop, ImmutableArray<FieldValue> fields, ShellState state, WalkContext context)
    {
        var changes = ShellChanges.Of(loop, state.Functions);
        state = changes.Forget(state);
        var ends = changes.Ends;
        for (var index = 0; index < fields.Length; index++)
        {
            VariableValue value = fields[index] switch
            {
                FieldValue.Text text => new VariableValue.Text(text.Value),
                FieldValue.Pattern pattern => new VariableValue.MatchOf(pattern),
                _ => new VariableValue.Unknown(),
            };
            var round = context with
            {
                MayRepeat = context.MayRepeat || fields[index] is FieldValue.Pattern,
                MayBeSkipped = context.MayBeSkipped || (index > 0 && ends),
            };
            ends |= Walk(loop.Body, state with { Knowledge = state.Knowledge.With(loop.Name, value) }, round).Ends;
        }

        return new Flow(state, state, ends);
    }

    private Flow WalkTest(Command.Conditional test, ShellState state, WalkContext context)
    {
        WalkTest(test.Test, ref state, context, test.Span);
        return Flow.Both(state);
    }

    private void WalkTest(Condition test, ref ShellState state, WalkContext context, SourceSpan span)
    {
        switch (test)
        {
            case Condition.Not not:
                WalkTest(not.Test, ref state, context, span);
                break;
            case Condition.Both(var left, var right):
                WalkTest(left, ref state, context, span);
                WalkTest(right, ref state, context.Skippable, span);
                break;
            case Condition.Either(var left, var right):
                WalkTest(left, ref state, context, span);
                WalkTest(right, ref state, context.Skippable, span);
                break;
            case Condition.NotEmpty(var word):
                state = Expand(word, state, context);
                break;
            case Condition.Unary(var sign, var word):
                state = Expand(word, state, context);
                Add(new InventoryItem.Tested(sign, [new WordEvaluator(state.Knowledge).Single(word)], context.Site(span, state)));
                break;
            case Condition.Binary(var sign, var left, var right):
                state = Expand(right, Expand(left, state, context), context);
                var evaluator = new WordEvaluator(state.Knowledge);
                Add(new InventoryItem.Tested(sign, [evaluator.Single(left), evaluator.Single(right)], context.Site(span, state)));
                break;
        }
    }

    private static ShellState Forget(ShellState state, string name) => state with { Knowledge = state.Knowledge.Forget(name) };
}
