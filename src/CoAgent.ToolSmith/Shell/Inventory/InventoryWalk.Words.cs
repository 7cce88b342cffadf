using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

internal sealed partial class InventoryWalk
{
    /// <summary>Walks the commands within words, and forgets what expanding the words may assign.</summary>
    private ShellState Expand(ImmutableArray<Word> words, ShellState state, WalkContext context)
    {
        foreach (var word in words)
        {
            state = Expand(word, state, context);
        }

        return state;
    }

    private ShellState Expand(Word? word, ShellState state, WalkContext context) =>
        word is null ? state : Expand(word.Parts, state, context);

    private ShellState Expand(ImmutableArray<WordPart> parts, ShellState state, WalkContext context)
    {
        foreach (var part in parts)
        {
            state = part switch
            {
                WordPart.Literal or WordPart.Quoted or WordPart.AnsiQuoted or WordPart.Tilde or WordPart.Sequence => state,
                WordPart.DoubleQuoted quoted => Expand(quoted.Parts, state, context),
                WordPart.Parameter parameter => ExpandParameter(parameter, state, context),
                WordPart.Substitution substitution => ExpandCommand(substitution.Body, state, context),
                WordPart.Process process => ExpandCommand(process.Body, state, context with { IsBackground = true }),
                WordPart.Arithmetic sum => ArithmeticNames.Forget(sum.Expression, Expand(sum.Expression, state, context)),
                WordPart.Alternatives alternatives => alternatives.Choices.Aggregate(state, (known, choice) => Expand(choice, known, context)),
                WordPart.ExtendedPattern pattern => Expand(pattern.Choices, state, context),
                WordPart.ArrayElements array => ExpandElements(array, state, context),
                WordPart.Opaque opaque => ExpandOpaque(opaque, state, context),
                _ => throw new InvalidOperationException($"{part.GetType().Name} is no part of a word."),
            };
        }

        return state;
    }

    private ShellState ExpandCommand(StatementList body, ShellState state, WalkContext context)
    {
        Walk(body, state with { EndsOnFailure = false, MayEndOnFailure = false }, Subshell(context));
        return state;
    }

    private ShellState ExpandOpaque(WordPart.Opaque opaque, ShellState state, WalkContext context)
    {
        AddOpaque(opaque.Reason, opaque.Span, state, context);
        return state.ForgetAll();
    }

    private ShellState ExpandElements(WordPart.ArrayElements array, ShellState state, WalkContext context)
    {
        foreach (var element in array.Elements)
        {
            state = Expand(element.Value, Expand(element.Subscript, state, context), context);
        }

        return state;
    }

    private ShellState ExpandParameter(WordPart.Parameter parameter, ShellState state, WalkContext context)
    {
        state = Expand(parameter.Expansion.Subscript, state, context);
        switch (parameter.Expansion.Operation)
        {
            case ParameterOperation.Fallback fallback:
                state = Expand(fallback.Word, state, context.Skippable);
                return fallback.Sign == '=' ? Forget(state, parameter.Expansion.Name) : state;
            case ParameterOperation.Trim trim:
                return Expand(trim.Pattern, state, context);
            case ParameterOperation.Replace replace:
                return Expand(replace.Replacement, Expand(replace.Pattern, state, context), context);
            case ParameterOperation.Substring substring:
                state = Expand(substring.Length, Expand(substring.Offset, state, context), context);
                state = ArithmeticNames.Forget(substring.Offset, state);
                return substring.Length is { } length ? ArithmeticNames.Forget(length, state) : state;
            case ParameterOperation.ChangeCase change:
                return Expand(change.Pattern, state, context);
            case ParameterOperation.Transform { Sign: 'P' }:
                AddOpaque("a value is read as a prompt, which may run commands", parameter.Span, state, context);
                return state;
            default:
                return state;
        }
    }

    private ShellState WalkRedirections(Command command, ShellState state, WalkContext context)
    {
        if (command.Redirections.IsEmpty)
        {
            return state;
        }

        var uses = Redirections(command.Redirections, ref state, context);
        Add(new InventoryItem.Redirected(uses, context.Site(command.Span, state)));
        return state;
    }

    private ImmutableArray<RedirectionUse> Redirections(ImmutableArray<Redirection> redirections, ref ShellState state, WalkContext context)
    {
        if (redirections.IsEmpty)
        {
            return [];
        }

        var uses = ImmutableArray.CreateBuilder<RedirectionUse>(redirections.Length);
        foreach (var redirection in redirections)
        {
            state = redirection.Document is { } document
                ? Expand(document.Body, state, context)
                : Expand(redirection.Target, state, context);
            state = redirection.Variable is { } variable ? Forget(state, variable) : state;
            uses.Add(new RedirectionUse(redirection.Kind, redirection.Descriptor, Target(redirection, state.Knowledge)));
        }

        return uses.ToImmutable();
    }

    private static RedirectionTarget Target(Redirection redirection, ShellKnowledge knowledge)
    {
        var evaluator = new WordEvaluator(knowledge);
        if (redirection.Document is { } document)
        {
            return new RedirectionTarget.Document(evaluator.Single(document.Body));
        }

        if (redirection.Kind == RedirectionKind.HereString)
        {
            return new RedirectionTarget.Document(evaluator.Single(redirection.Target));
        }

        var name = evaluator.Fields(redirection.Target) is [var only] ? only : new FieldValue.Unknown("it is not one file", IsSingle: true, "");
        var duplicates = redirection.Kind is RedirectionKind.DuplicateInput or RedirectionKind.DuplicateOutput;
        return duplicates && name is FieldValue.Text { Value: [_, ..] text } && text.All(static each => char.IsAsciiDigit(each) || each == '-')
            ? new RedirectionTarget.Descriptor(text)
            : new RedirectionTarget.File(name);
    }
}
