namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>Small changes of a text: something left out, put in, or put elsewhere.</summary>
internal static class Mutations
{
    private static readonly string[] s_pieces =
        ["'", "\"", "`", "$", "(", ")", "{", "}", "[", "]", ";", "&", "|", "<", ">", "\n", "\\", " ", "#", "$(", "${", "$((", "done", "fi", "<<E\n", "&&", "!", "=", "~", "*"];

    public static string Of(string text, Random random)
    {
        for (var change = 0; change <= random.Next(3); change++)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(4), text.Length - at);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, s_pieces[random.Next(s_pieces.Length)]),
                _ => text.Remove(at, length).Insert(random.Next(text.Length - length + 1), text.Substring(at, length)),
            };
        }

        return text;
    }
}
