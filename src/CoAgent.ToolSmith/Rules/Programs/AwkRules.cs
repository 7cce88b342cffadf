using CoAgent.ToolSmith.Rules.Touching;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Programs;

/// <summary><c>awk</c>: what its program writes, then the files that it reads.</summary>
internal static class AwkRules
{
    /// <summary>Says what it touches.</summary>
    internal static void Touch(RuledCommand command)
    {
        var files = command.Operands;
        var programs = command.Words.Values("-f").Select(command.Content).ToList();
        if (programs.Count == 0)
        {
            if (files.IsEmpty)
            {
                return;
            }

            programs.Add((files[0] as FieldValue.Text)?.Value);
            files = files.RemoveAt(0);
        }

        foreach (var program in programs)
        {
            var read = program is null ? null : new AwkProgram(program);
            if (read?.Read() != true)
            {
                command.Unseen("its program is not known as a whole, runs commands, or writes files of unknown names");
                return;
            }

            foreach (var write in read.Writes)
            {
                command.Tree.Touch(Role.Append, new FieldValue.Text(write));
            }
        }

        foreach (var file in files)
        {
            if (file is not FieldValue.Text { Value: var text } || !IsAssignment(text))
            {
                command.Tree.Touch(Role.Read, file);
            }
        }
    }

    private static bool IsAssignment(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign && text.AsSpan(0, sign).IndexOfAnyExcept(s_nameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> s_nameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
