using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Rules.Words;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary>One command that a rule has read, in the tree as it finds it.</summary>
/// <param name="Program">The program's name.</param>
/// <param name="Reading">Its words.</param>
/// <param name="Form">The case of its rule.</param>
/// <param name="Tree">The tree.</param>
/// <param name="Line">The line that it is in.</param>
/// <param name="Redirections">Where its descriptors go.</param>
internal sealed record RuledCommand(
    string Program, CommandReading Reading, CommandForm Form, CommandTree Tree, ShellLine Line, ImmutableArray<RedirectionUse> Redirections)
{
    /// <summary>The longest file in which a command is told what to do, in bytes.</summary>
    internal const int ContentMax = 256 * 1024;

    internal CommandWords Words => Reading.Last.Words;

    internal ImmutableArray<FieldValue> Operands => Words.Operands;

    internal LineVerdict Verdict => Tree.Verdict;

    internal bool Has(string option) => Reading.Has(option);

    internal FieldValue? Value(string option) => Reading.Value(option);

    /// <summary>Says all that it touches.</summary>
    internal void Touch()
    {
        SayClass();
        var tree = TouchOptions();
        var command = tree == Tree ? this : this with { Tree = tree };
        foreach (var place in Form.Places)
        {
            tree.Touch(place.Role, new FieldValue.Text(place.Path));
        }

        if (Form.By is { } by)
        {
            ProgramRules.Of(by)(command);
        }
        else if (Form.Opaque is null && Form.Unseen is null)
        {
            command.TouchOperands();
        }
    }

    /// <summary>What a file holds that says what the command does, which is read; null, where that is not known.</summary>
    internal string? Content(FieldValue path)
    {
        if (path is not FieldValue.Text)
        {
            return null;
        }

        Tree.Touch(Role.Read, path);
        var found = Tree.Find(path, followsLast: true, isRead: true).ToList();
        return found is [var only] && !Tree.Line.Writes(only.Canonical, Extent.Node)
            && Tree.Line.Files.Content(only.Canonical, ContentMax) is { } content
            ? Encoding.UTF8.GetString(content.Span)
            : null;
    }

    /// <summary>What the command is given to read, where the line or a file tells it; null, where that is not known.</summary>
    internal string? Input() => Redirections.LastOrDefault(static use => use.Descriptor is null or 0
            && use.Kind is RedirectionKind.Read or RedirectionKind.HereDocument or RedirectionKind.HereString)?.Target switch
    {
        RedirectionTarget.Document { Value: FieldValue.Text { Value: var text } } => text,
        RedirectionTarget.File { Name: var name } => Content(name),
        _ => null,
    };

    internal void Unseen(string reason) => Verdict.SayUnseen($"{Form.Name ?? Program}: {reason}");

    private void SayClass()
    {
        var name = Form.Name ?? string.Join(' ', Reading.Names);
        if (Form.Opaque is { } opaque)
        {
            Verdict.SayOpaque($"{name} {opaque}");
        }

        if (Form.Unseen is { } unseen)
        {
            Verdict.SayUnseen($"{name} {unseen}", Form.Fetches);
        }

        if (Form.Irreversible is { } irreversible)
        {
            Verdict.SayIrreversible($"{name} {irreversible}");
        }

        if (Form.AsksNetwork)
        {
            Verdict.SayAsksNetwork();
        }

        if (Form.IsLive)
        {
            Verdict.SayLive();
        }
    }

    /// <summary>Values of options by their roles; the tree for what follows.</summary>
    private CommandTree TouchOptions()
    {
        var tree = Tree;
        foreach (var option in Reading.Parts.SelectMany(static part => part.Words.Options))
        {
            for (var at = 0; at < option.Values.Length; at++)
            {
                var (role, value) = (option.Rule.Values[Math.Min(at, option.Rule.Values.Length - 1)], option.Values[at]);
                tree.Touch(role, value);
                tree = role == Role.Enter ? tree.In(value) : tree;
            }

            if (option.Rule.Values is [Role.Unseen, ..] && option.Values.IsEmpty)
            {
                Unseen($"{option.Rule.Name} does more than the rule knows");
            }
        }

        return tree;
    }

    /// <summary>Operands by their places.</summary>
    internal void TouchOperands()
    {
        var roles = Form.Operands;
        if (Operands.IsEmpty && Form.IfNone is { } none)
        {
            Tree.Touch(none.Role, new FieldValue.Text(none.Path));
        }

        for (var at = 0; at < Operands.Length; at++)
        {
            if (at >= roles.Length && !Form.IsOpen)
            {
                Unseen("it has more operands than its rule knows");
                return;
            }

            // A list of unknown length moves what follows to other places.
            if (Operands[at] is FieldValue.Unknown { IsSingle: false } && roles.Any(role => role != roles[^1]))
            {
                Tree.NotKnown("how many operands there are is not known", roles.All(static role => role.IsRead()));
                continue;
            }

            Tree.Touch(roles[Math.Min(at, roles.Length - 1)], Operands[at]);
        }
    }
}
