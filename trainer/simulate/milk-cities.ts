/**
 * The publisher's cities with its spelling and order, including trailing spaces.
 */

/** The four prices of a city, in the order of the workbook's columns C to F. */
export const VARIETIES = [
  { tipo: "Leche pasteurizada", canal: "Autoservicios" },
  { tipo: "Leche pasteurizada", canal: "Tiendas" },
  { tipo: "Leche ultrapasteurizada", canal: "Autoservicios" },
  { tipo: "Leche ultrapasteurizada", canal: "Tiendas" },
] as const;

export interface MilkCity {
  readonly state: string;
  readonly city: string;
  /** Approximate inhabitants in thousands: the weight in the national average. */
  readonly thousands: number;
  /** Indices into `VARIETIES` that are not sold here: always printed as "s/d". */
  readonly unsold: readonly number[];
}

const EVERYTHING_SOLD: readonly number[] = [];
const NO_PASTEURISED: readonly number[] = [0, 1];
const NO_ULTRA_IN_SHOPS: readonly number[] = [3];

type Row = readonly [city: string, thousands: number, unsold?: readonly number[]];

const CITIES_BY_STATE: readonly (readonly [state: string, ...cities: Row[]])[] = [
  ["Aguascalientes ", ["Aguascalientes", 860]],
  ["Baja California", ["Mexicali", 850], ["Tijuana", 1810, NO_PASTEURISED]],
  ["Baja California Sur", ["La Paz", 250]],
  ["CDMX", ["Ciudad de México", 9210], ["ZM Ciudad de México", 12600]],
  ["Campeche", ["Campeche", 250, NO_PASTEURISED]],
  ["Chiapas", ["Tapachula", 220, NO_PASTEURISED], ["Tuxtla Gutiérrez", 580, NO_PASTEURISED]],
  ["Chihuahua", ["Cd.Juárez", 1500, NO_ULTRA_IN_SHOPS], ["Chihuahua", 925]],
  ["Coahuila", ["Piedras Negras", 175], ["Saltillo", 865], ["Torreón", 690]],
  ["Colima", ["Colima", 150]],
  ["Durango", ["Durango", 615, NO_ULTRA_IN_SHOPS], ["Gómez Palacio", 300]],
  ["Edo. México", ["Toluca", 220]],
  ["Guanajuato", ["Celaya", 380], ["León", 1580]],
  ["Guerrero", ["Acapulco", 660], ["Chilpancingo", 225]],
  ["Hidalgo", ["Pachuca", 300]],
  ["Jalisco", ["Guadalajara", 1385], ["ZM Guadalajara", 3900]],
  ["Michoacán", ["Morelia", 740]],
  ["Morelos", ["Cuernavaca", 340]],
  ["Nayarit", ["Tepic", 370]],
  ["Nuevo León", ["Monterrey", 1140], ["ZM Monterrey", 4200]],
  ["Oaxaca", ["Oaxaca", 260]],
  ["Puebla", ["Puebla", 1540], ["ZM Puebla", 1650]],
  ["Querétaro", ["Querétaro", 795]],
  ["Quintana Roo", ["Cancún", 890, NO_PASTEURISED], ["Chetumal", 170, NO_PASTEURISED]],
  ["San Luis Potosí", ["San Luis Potosí", 845]],
  ["Sinaloa", ["Culiacán", 810]],
  [
    "Sonora",
    ["Cd. Obregón", 330],
    ["Hermosillo", 855],
    ["Nogales", 260, NO_PASTEURISED],
    ["San Luis Río Colorado", 175],
  ],
  ["Tabasco", ["Villahermosa", 340, NO_PASTEURISED]],
  [
    "Tamaulipas",
    ["Cd. Victoria", 330],
    ["Matamoros", 510],
    ["Nuevo Laredo", 415],
    ["Reynosa", 690, NO_ULTRA_IN_SHOPS],
    ["Tampico", 300],
  ],
  ["Tlaxcala", ["Tlaxcala", 100]],
  [
    "Veracruz",
    ["Coatzacoalcos", 210, NO_PASTEURISED],
    ["Veracruz ", 405, NO_PASTEURISED],
    ["Xalapa", 445, NO_PASTEURISED],
  ],
  ["Yucatán", ["Mérida", 920, NO_PASTEURISED]],
  ["Zacatecas", ["Zacatecas", 140]],
];

export const MILK_CITIES: readonly MilkCity[] = CITIES_BY_STATE.flatMap(([state, ...cities]) =>
  cities.map(([city, thousands, unsold]) => ({ state, city, thousands, unsold: unsold ?? EVERYTHING_SOLD })),
);

/** The publisher lists this city without prices: every value is 0. */
export const ZERO_CITY = "San Luis Río Colorado";

/** This city has a wrong 0 once a year. */
export const ZERO_BY_MISTAKE_CITY = "Pachuca";
