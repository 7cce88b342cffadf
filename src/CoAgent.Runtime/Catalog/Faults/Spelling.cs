namespace CoAgent.Runtime.Catalog.Faults;

/// <summary>What is said of a name in a file that people write: the name itself, and which known word was meant by it.</summary>
public static class Spelling
{
    private const int DistanceMax = 2;
    private const int NameCharsMax = 64;

    /// <summary>A name as it may be printed: cut and cleaned, for it reaches terminals and logs.</summary>
    public static string Shown(string name)
    {
        var cut = name.Length > NameCharsMax ? name[..NameCharsMax] + "…" : name;
        return string.Create(cut.Length, cut, static (shown, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
            }
        });
    }

    /// <summary>" Did you mean X?" where a known word is near, else which words there are.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="known">The words that could stand there.</param>
    public static string Hint(string word, IReadOnlyCollection<string> known)
    {
        var guess = Guess(word, known);
        return guess.Length > 0 || known.Count == 0 ? guess : $" Known: {string.Join(", ", known.Select(Shown))}.";
    }

    /// <summary>" Did you mean X?" where a known word is near, else nothing.</summary>
    /// <param name="word">The unknown word.</param>
    /// <param name="known">The words that could stand there.</param>
    public static string Guess(string word, IReadOnlyCollection<string> known)
    {
        var nearest = known
            .Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(static guess => guess.distance <= Math.Min(DistanceMax, guess.candidate.Length / 2))
            .OrderBy(static guess => guess.distance)
            .Select(static guess => guess.candidate)
            .FirstOrDefault();
        return nearest is null ? "" : $" Did you mean \"{Shown(nearest)}\"?";
    }

    /// <summary>How many letters are added, dropped, changed or swapped with their neighbour, case aside.</summary>
    private static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > DistanceMax)
        {
            return int.MaxValue;
        }

        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(rows, left, right, i, j);
            }
        }

        return rows[left.Length, right.Length];
    }

    private static int Step(int[,] rows, string left, string right, int i, int j)
    {
        var best = Math.Min(rows[i - 1, j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1), Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        var swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
