using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Texts;

/// <summary>What a scalar without quotes is by the core schema of YAML 1.2: <c>no</c> is text, <c>1.0</c> a number.</summary>
internal static partial class PlainScalar
{
    /// <summary>The truth value that it is; null where it is none.</summary>
    public static bool? ToFlag(string text) => text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    /// <summary>Whether it is nothing.</summary>
    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The same as JSON.</summary>
    public static string ToJson(string text)
    {
        if (IsNull(text))
        {
            return "null";
        }

        if (ToFlag(text) is { } flag)
        {
            return flag ? "true" : "false";
        }

        return ToNumber(text) ?? JsonLiteral.Quote(text);
    }

    private static string? ToNumber(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal)
            && BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal))
        {
            return hexadecimal.ToString(CultureInfo.InvariantCulture);
        }

        if (Octal().IsMatch(text))
        {
            return text[2..].Aggregate(BigInteger.Zero, static (value, digit) => (value * 8) + (digit - '0')).ToString(CultureInfo.InvariantCulture);
        }

        if (Number().Match(text) is not { Success: true } number)
        {
            return null;
        }

        var sign = number.Groups["sign"].Value == "-" ? "-" : "";
        var whole = number.Groups["whole"].Value.TrimStart('0');
        var fraction = number.Groups["fraction"].Value;
        return $"{sign}{(whole.Length == 0 ? "0" : whole)}{(fraction.Length == 0 ? "" : $".{fraction}")}{number.Groups["exponent"].Value}";
    }

    [GeneratedRegex(@"^(?<sign>[-+]?)(?:(?<whole>[0-9]+)(?:\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))(?<exponent>[eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Number();

    [GeneratedRegex(@"^0o[0-7]+\z")]
    private static partial Regex Octal();
}
