using System.Text;

namespace CoAgent.Proving.Agents;

/// <summary>Texts in which <c>$2</c> stands for the answer of step 2, counted from 0; one digit.</summary>
internal static class Template
{
    /// <summary>The text with the answers in it; a step without an answer leaves nothing.</summary>
    public static string Fill(string text, IReadOnlyList<string?> answers)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        var filled = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            filled.Append(text[i] == '$' ? answers[text[++i] - '0'] : text[i].ToString());
        }

        return filled.ToString();
    }

    /// <summary>The steps that the text names.</summary>
    public static IEnumerable<int> StepsIn(string text)
    {
        for (var at = text.IndexOf('$', StringComparison.Ordinal); at >= 0; at = text.IndexOf('$', at + 1))
        {
            yield return text[at + 1] - '0';
        }
    }
}
