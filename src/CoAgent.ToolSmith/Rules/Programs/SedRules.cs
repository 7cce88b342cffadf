using System.Text;
using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>sed</c>: what its script names, then the files that it shows or edits.</summary>
internal static class SedRules
{
    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        var files = command.Operands;
        var scripts = new List<string?>();
        foreach (var option in command.Words.Options.Where(static option => option.Rule.Name is "-e" or "-f"))
        {
            scripts.Add(option.Rule.Name == "-f" ? command.Content(option.Values[0]) : (option.Values[0] as FieldValue.Text)?.Value);
        }

        if (scripts.Count == 0 && !files.IsEmpty)
        {
            scripts.Add((files[0] as FieldValue.Text)?.Value);
            files = files.RemoveAt(0);
        }

        if (!TouchScript(command, scripts))
        {
            return;
        }

        foreach (var file in files)
        {
            command.Tree.Touch(command.Has("-i") ? Role.Replace : Role.Read, file);
            if (command.Value("-i") is { } suffix)
            {
                Keep(command, file, suffix);
            }
        }
    }

    private static bool TouchScript(RuledCommand command, List<string?> scripts)
    {
        if (command.Has("--sandbox"))
        {
            return true;
        }

        var script = new SedScript(string.Join('\n', scripts));
        if (scripts.Contains(null) || !script.Read())
        {
            command.Unseen("its script is not known as a whole, or runs commands");
            return false;
        }

        foreach (var read in script.Reads)
        {
            command.Tree.Touch(Role.Read, new FieldValue.Text(read == "/dev/stdin" ? "-" : read));
        }

        foreach (var write in script.Writes)
        {
            command.Tree.Touch(Role.Append, new FieldValue.Text(write));
        }

        return true;
    }

    /// <summary>What was there is kept under another name.</summary>
    private static void Keep(RuledCommand command, FieldValue file, FieldValue suffix)
    {
        if (file is not FieldValue.Text { Value: var name } || suffix is not FieldValue.Text { Value: var ending } || ending.AsSpan().ContainsAny('*', '/'))
        {
            command.Unseen("where it keeps what was there is not known");
        }
        else if (ending.Length > 0)
        {
            foreach (var kept in command.Tree.Find(new FieldValue.Text(name + ending), followsLast: false, isRead: false))
            {
                command.Tree.WriteFile(kept, isBlind: false);
            }
        }
    }
}
