using System.Collections.Immutable;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules.Programs;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Rules.Words;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;

namespace CoAgent.ToolSmith.Rules;

/// <summary>One line: the union of what its commands touch, each read by its rule.</summary>
internal sealed class LineAnalysis(CommandRules rules, ShellLine line, ICommandFiles files)
{
    private readonly LineTouches _touches = new(files, line.Environment.GetValueOrDefault("TMPDIR"));
    private bool _keepsFiles;

    /// <summary>What the line may touch.</summary>
    internal CommandAnalysis Run(ImmutableArray<InventoryItem> items)
    {
        if (MeaningChanges.Find(line) is { } change)
        {
            _touches.Verdict.SayUnseen(change);
        }

        _keepsFiles = line.Text.Contains("noclobber", StringComparison.Ordinal) || line.Text.Contains("set -", StringComparison.Ordinal);
        RunAll(items);
        if (_touches.Reshaped.Count > 0 && items.Any(static item => item.Site is { MayRepeat: true } or { IsBackground: true } or { Subshell: > 0 }))
        {
            // Commands that run again, or beside others, find what later ones leave.
            RunAll(items);
        }

        return Conclude();
    }

    private void RunAll(ImmutableArray<InventoryItem> items)
    {
        foreach (var item in items)
        {
            if (_touches.Verdict.Opaque is not null)
            {
                return;
            }

            Run(item);
        }
    }

    private void Run(InventoryItem item)
    {
        var site = item.Site;
        var isCertain = !site.MayBeSkipped && !site.MayRepeat && !_keepsFiles;
        var tree = CommandTree.At(_touches, site.Directory.Paths, isCertain);
        switch (item)
        {
            case InventoryItem.Invocation invocation:
                Redirections.Touch(tree, invocation.Redirections);
                foreach (var round in new PathPatterns(tree).Rounds(invocation.Arguments))
                {
                    Run(invocation with { Arguments = round }, tree);
                }

                break;
            case InventoryItem.Redirected redirected:
                Redirections.Touch(tree, redirected.Redirections);
                break;
            case InventoryItem.Expanded expanded:
                new PathPatterns(tree).Expand(expanded.Fields);
                break;
            case InventoryItem.Tested tested:
                FileTests.Touch(tree, tested.Sign, tested.Operands);
                break;
            case InventoryItem.Opaque opaque:
                _touches.Verdict.SayUnseen(opaque.Reason);
                break;
            default:
                throw new InvalidOperationException($"{item.GetType().Name} is nothing that a line does.");
        }
    }

    private void Run(InventoryItem.Invocation invocation, CommandTree tree)
    {
        var verdict = _touches.Verdict;
        var words = new PathPatterns(tree).Expand(invocation.Arguments);
        var through = invocation.Site.Through;
        if (through.Contains("sudo") || through.Contains("doas"))
        {
            verdict.SayOpaque("sudo acts as another user");
        }
        else if (words is not [FieldValue.Text { Value: var program }, ..])
        {
            verdict.SayUnseen("which command it is is not known");
        }
        else if (MeaningChanges.Find(invocation.Assignments) is { } change)
        {
            verdict.SayUnseen(change);
        }
        else if (Launchers.ProgramName(program) is var name && rules.Of(name) is { } rule)
        {
            Run(name, rule, words, tree, invocation.Redirections);
        }
        else
        {
            verdict.SayName(name);
            verdict.SayUnseen($"{name} is not among the known commands");
        }
    }

    private void Run(
        string name, CommandRule rule, ImmutableArray<FieldValue> words, CommandTree tree, ImmutableArray<RedirectionUse> redirections)
    {
        var verdict = _touches.Verdict;
        if (CommandReading.Of(rule, words, out var fault) is not { } reading)
        {
            verdict.SayName(name);
            verdict.SayUnseen(rule.Forms[^1].Unseen is { } why && rule.Subcommands.Count == 0 ? $"{name} {why}" : $"{name}: {fault}");
            return;
        }

        var form = reading.Form;
        verdict.SayName(form.Name ?? string.Join(' ', reading.Names.Skip(1).Prepend(name)));
        if (IsOnPathBelowRoot(name))
        {
            verdict.SayUnseen($"{name} may be a program of the workspace itself");
        }

        foreach (var part in reading.Parts.Where(static part => part.Words.IsUnclear))
        {
            tree.ReadAnything();
        }

        new RuledCommand(name, reading, form, tree, line, redirections).Touch();
    }

    /// <summary>A folder of programs below the root: agents may write what is run.</summary>
    private bool IsOnPathBelowRoot(string name)
    {
        foreach (var folder in (line.Environment.GetValueOrDefault("PATH") ?? "").Split(':'))
        {
            if ((folder.Length == 0 || folder[0] != '/' || _touches.IsInside(folder))
                && files.Resolve(line.Directory, folder.Length == 0 ? name : folder + "/" + name, followsLast: true) is { Exists: true })
            {
                return true;
            }
        }

        return false;
    }

    private CommandAnalysis Conclude()
    {
        var verdict = _touches.Verdict;
        if (verdict.Opaque is { } opaque)
        {
            return new CommandAnalysis.Opaque(opaque);
        }

        if (verdict.Unseen is { } unseen)
        {
            // What cannot be taken back, or needs others, cannot be tried beside what is not known.
            return verdict.Irreversible is { } lasting ? new CommandAnalysis.Opaque(lasting)
                : !verdict.Effects.IsEmpty ? new CommandAnalysis.Opaque("it changes what is not a file, beside what is not known")
                : verdict.AsksNetwork && !verdict.OnlyFetches ? new CommandAnalysis.Opaque("it asks the network, beside what is not known")
                : new CommandAnalysis.Unseen(unseen) { Fetches = verdict.OnlyFetches, Names = verdict.Names };
        }

        return _touches.Footprint is { } footprint
            ? new CommandAnalysis.Known(footprint)
            {
                IsLive = verdict.IsLive,
                IsIrreversible = verdict.Irreversible is not null,
                NeedsNetwork = verdict.AsksNetwork || !verdict.Effects.IsEmpty,
                Effects = verdict.Effects,
                Names = verdict.Names,
            }
            : new CommandAnalysis.Unseen("it touches too much") { Names = verdict.Names };
    }
}
