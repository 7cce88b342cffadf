using System.Collections.Immutable;
using System.Text;
using CoAgent.ToolSmith.Survey;

namespace CoAgent.ToolSmith.Drafting;

/// <summary>Words as bash reads them back.</summary>
internal static class LineText
{
    /// <summary>A word that stands for exactly this text.</summary>
    internal static string Quote(string text) =>
        text.Length > 0 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or '/' or '=' or ':' or ',' or '+' or '@')
            && text[0] is not '=' && !text.Contains("=~", StringComparison.Ordinal)
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A line that runs exactly these words.</summary>
    internal static string Of(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A line that runs a unit.</summary>
    internal static string Of(CommandUnit unit)
    {
        var line = new StringBuilder();
        foreach (var stage in unit.Stages)
        {
            line.Append(line.Length > 0 ? " | " : "").Append(Of(stage.Words));
            foreach (var file in stage.Files)
            {
                line.Append(' ').Append(file.Sign).Append(Quote(file.Path));
            }
        }

        return line.ToString();
    }

    /// <summary>Text that no template takes for a placeholder.</summary>
    internal static string Plain(string text) =>
        text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    /// <summary>A few words of a line, for a person: programs and verbs.</summary>
    internal static string Short(ImmutableArray<CommandWords> stages) =>
        string.Join(" | ", stages.Select(static stage => string.Join(' ', [stage.Program, .. stage.Verbs])));
}
