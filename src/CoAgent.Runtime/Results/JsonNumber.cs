using System.Globalization;

namespace CoAgent.Runtime.Results;

/// <summary>The one way to write a number of JSON, exact at any length: <c>1</c>, <c>1.0</c> and <c>10e-1</c> are the same.</summary>
internal static class JsonNumber
{
    /// <summary>Sign, digits without zeros at either end, and the exponent of the last digit.</summary>
    /// <param name="raw">A number as JSON spells it.</param>
    public static string Canonical(string raw)
    {
        var sign = raw[0] == '-' ? "-" : "";
        var unsigned = raw.AsSpan(sign.Length);
        var at = unsigned.IndexOfAny('e', 'E');
        long exponent = 0;
        if (at >= 0 && !long.TryParse(unsigned[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return raw; // an exponent beyond all measure: two spellings of it differ
        }

        var mantissa = at < 0 ? unsigned : unsigned[..at];
        var point = mantissa.IndexOf('.');
        var fraction = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = point < 0 ? mantissa.ToString() : string.Concat(mantissa[..point], mantissa[(point + 1)..]);
        var significant = digits.TrimEnd('0');
        var shift = (Int128)exponent - fraction + (digits.Length - significant.Length);
        significant = significant.TrimStart('0');
        return significant.Length == 0 ? "0" : $"{sign}{significant}e{shift}";
    }
}
